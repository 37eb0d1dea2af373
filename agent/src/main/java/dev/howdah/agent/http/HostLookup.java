package dev.howdah.agent.http;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Finds the addresses of a host; the system's way of doing it, except in tests. */
@FunctionalInterface
interface HostLookup {
    InetAddress[] addresses(String host) throws UnknownHostException;
}
