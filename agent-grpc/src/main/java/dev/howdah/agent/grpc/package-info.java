/** The gRPC binding of A2A 1.0: the same operations as over HTTP, with the same answers and errors. */
@NullMarked
package dev.howdah.agent.grpc;

import org.jspecify.annotations.NullMarked;
