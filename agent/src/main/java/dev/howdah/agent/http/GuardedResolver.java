package dev.howdah.agent.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Looks hosts up for the connection that is being made, and checks what it hands over: the address that was checked is
 * the one that is connected to, so that a name that means something else a moment later (DNS rebinding) gains nothing.
 */
final class GuardedResolver implements DnsResolver {
    /** Addresses of one host that are tried. */
    private static final int ADDRESSES_MAX = 8;

    private final AddressGuard guard;
    private final HostLookup lookup;
    private final Duration limit;

    GuardedResolver(AddressGuard guard, HostLookup lookup, Duration limit) {
        this.guard = guard;
        this.lookup = lookup;
        this.limit = limit;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        boolean isNumber = host.contains(":") || Character.isDigit(host.charAt(host.length() - 1));
        var found = isNumber ? new InetAddress[]{InetAddress.ofLiteral(host)} : lookUp(host);
        if (found.length == 0) {
            throw new UnknownHostException(host);
        }
        guard.check(host, found);
        return Arrays.copyOf(found, Math.min(found.length, ADDRESSES_MAX));
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }

    /** The system's lookup knows no limit of time: a thread of its own waits for it. */
    private InetAddress[] lookUp(String host) throws UnknownHostException {
        var task = new FutureTask<>(() -> lookup.addresses(host));
        Thread.ofVirtual().name("howdah-lookup").start(task);
        try {
            return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw unknown(host + " is not known", e);
        } catch (TimeoutException e) {
            throw unknown(host + " was not found within " + limit.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unknown("looking up " + host + " was interrupted", e);
        }
    }

    private static UnknownHostException unknown(String message, Exception cause) {
        var unknown = new UnknownHostException(message);
        unknown.initCause(cause);
        return unknown;
    }
}
