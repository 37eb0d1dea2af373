package dev.howdah.agent.a2a;

import java.util.Optional;
import java.util.regex.Pattern;

/** Which version of the protocol is spoken. */
public final class ProtocolVersion {
    /** The one that is spoken here. */
    public static final String SPOKEN = "1.0";

    /** What a client speaks that does not say what it speaks. */
    private static final String UNSAID = "0.3";
    /** Patch numbers have no meaning on the wire. */
    private static final Pattern SUPPORTED = Pattern.compile("1\\.0(\\.\\d+)?");
    /** Characters of what the client said that are told back. */
    private static final int SHOWN_MAX = 40;

    private ProtocolVersion() {}

    /**
     * Checks which version a client speaks.
     *
     * @param said in A2A-Version
     * @throws A2aException if it is another one
     */
    public static void check(Optional<String> said) {
        var version = said.orElse(UNSAID);
        if (!SUPPORTED.matcher(version).matches()) {
            throw new A2aException(A2aError.VERSION_NOT_SUPPORTED, "version "
                    + version.substring(0, Math.min(version.length(), SHOWN_MAX)) + " of A2A is not spoken here",
                    "send A2A-Version: " + SPOKEN + "; without it, " + UNSAID + " is meant");
        }
    }
}
