package dev.howdah.agent.http;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Looks hosts up for connections that are made otherwise than by {@link OutboundHttp}, with the same checks: who connects to
 * the address that is answered, and looks nothing up again, reaches nothing inside the network that the settings do not allow.
 * Thread-safe.
 */
public final class OutboundResolver {
    private final AddressGuard guard;
    private final GuardedResolver resolver;

    /** Looks up as the system does. */
    public OutboundResolver(OutboundHttpSettings settings) {
        this.guard = new AddressGuard(settings);
        this.resolver = new GuardedResolver(guard, InetAddress::getAllByName, settings.connectTimeout());
    }

    /**
     * Where to connect to.
     *
     * @throws InvalidInputException with the code {@link OutboundHttp#ADDRESS_REFUSED} if it must not be asked
     * @throws UnavailableException with the code {@link OutboundHttp#UNREACHABLE} if there is no such host
     */
    public InetSocketAddress resolve(OutboundAddress address) {
        guard.check(address);
        try {
            return new InetSocketAddress(resolver.resolve(address.host())[0], address.port());
        } catch (UnknownHostException e) {
            throw new UnavailableException(OutboundHttp.UNREACHABLE, address + " cannot be reached: " + e.getMessage(),
                    "", e);
        }
    }
}
