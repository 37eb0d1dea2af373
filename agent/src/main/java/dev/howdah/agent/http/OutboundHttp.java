package dev.howdah.agent.http;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.queue.TraceContext;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.NameValuePair;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.URIAuthority;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Sends requests to addresses that strangers gave: webhooks, remote agents, files to import. Whoever can name an address
 * to a server can otherwise make it ask inside its own network. So:
 *
 * <ul>
 * <li>an address is taken in its plain spelling only ({@link OutboundAddress});
 * <li>the addresses that its host stands for are checked when the connection is made, and those that were checked are
 * connected to: nothing is looked up twice;
 * <li>redirects, proxies, cookies and compressed answers are not taken part in;
 * <li>an exchange ends in time, whatever the other side does, and an answer has a largest size.
 * </ul>
 *
 * Nothing is sent twice. Messages name hosts, never paths, headers or bodies. Thread-safe; meant for virtual threads.
 */
public final class OutboundHttp implements AutoCloseable {
    /** The code of an {@link InvalidInputException}: the address must not be asked. */
    public static final String ADDRESS_REFUSED = "address-refused";
    /** The code of an {@link UnavailableException}: no connection was made, so that nothing was sent. */
    public static final String UNREACHABLE = "endpoint-unreachable";
    /** The code of an {@link UnavailableException}: all connections to the endpoint were in use; nothing was sent. */
    public static final String BUSY = "endpoint-busy";
    /** The code of an {@link UnavailableException}: no whole answer came in time; what was sent may have arrived. */
    public static final String TIMEOUT = "endpoint-timeout";
    /** The code of an {@link UnavailableException}: the connection broke; what was sent may have arrived. */
    public static final String BROKEN = "endpoint-broken";
    /** The code of an {@link UnavailableException}: it answered with a redirect, which is not followed. */
    public static final String REDIRECTED = "redirect-refused";
    /** The code of a {@link LimitExceededException}: the answer is larger than the limit. */
    public static final String ANSWER_TOO_LARGE = "answer-too-large";

    private static final int CONNECTIONS_MAX = 1024;
    private static final int LINE_MAX = 16 << 10;
    private static final int HEADERS_MAX = 200;
    private static final int EMPTY_LINES_MAX = 5;
    /** Bytes of an answer that nobody wants, up to which it is read rather than cut off. */
    private static final long DROPPED_MAX = 64 << 10;
    private static final int MESSAGE_CHARACTERS_MAX = 200;
    private static final TimeValue IDLE_MAX = TimeValue.ofMinutes(1);
    private static final Set<Integer> REDIRECTS = Set.of(300, 301, 302, 303, 305, 307, 308);

    private final OutboundHttpSettings settings;
    private final AddressGuard guard;
    private final CloseableHttpClient client;

    /** Opens no connection yet. */
    public OutboundHttp(OutboundHttpSettings settings) {
        this(settings, InetAddress::getAllByName);
    }

    OutboundHttp(OutboundHttpSettings settings, HostLookup lookup) {
        this.settings = settings;
        this.guard = new AddressGuard(settings);
        this.client = client(settings, new GuardedResolver(guard, lookup, settings.connectTimeout()));
    }

    /**
     * Checks an address as far as that is possible without looking its host up: for the moment when somebody gives it.
     *
     * @throws InvalidInputException with the code {@link #ADDRESS_REFUSED} if it must not be asked
     */
    public void check(OutboundAddress address) {
        guard.check(address);
    }

    /**
     * Sends a request and reads the answer.
     *
     * @return an answer of any status but a redirect
     * @throws InvalidInputException if the address must not be asked
     * @throws UnavailableException if no whole answer came; the code says how far it got
     * @throws LimitExceededException if the answer is too large
     */
    public OutboundAnswer send(OutboundRequest request) {
        var limit = request.timeout().orElse(settings.answerTimeout());
        var exchange = new Exchange(request, limit, limit);
        try (var stream = exchange.open(settings.answerMax())) {
            return new OutboundAnswer(stream.head(), new String(stream.body().readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw exchange.failed(e);
        } finally {
            exchange.deadline.met();
        }
    }

    /**
     * Sends a request whose answer matters by its status only: what follows that is dropped, and may break off.
     *
     * @return any status but a redirect
     * @throws InvalidInputException if the address must not be asked
     * @throws UnavailableException if no answer began in time; the code says how far it got
     */
    public int status(OutboundRequest request) {
        var limit = request.timeout().orElse(settings.answerTimeout());
        var exchange = new Exchange(request, limit, limit);
        try (var stream = exchange.open(DROPPED_MAX)) {
            drop(stream);
            return stream.head().status();
        } catch (IOException e) {
            throw exchange.failed(e);
        } finally {
            exchange.deadline.met();
        }
    }

    /** Read to its end, so that the connection can be used again; if that is far, or never comes, it is closed. */
    private static void drop(OutboundStream stream) {
        try {
            stream.body().skipNBytes(DROPPED_MAX);
        } catch (IOException | LimitExceededException e) {
            // the status is known
        }
    }

    /**
     * Sends a request and hands its answer over as soon as it begins.
     *
     * @param silenceMax how long nothing may come before the stream counts as broken
     * @param bytesMax what may be read of it
     * @return an answer of any status but a redirect; to be closed
     * @throws InvalidInputException if the address must not be asked
     * @throws UnavailableException if no answer began; the code says how far it got
     */
    public OutboundStream open(OutboundRequest request, Duration silenceMax, long bytesMax) {
        var exchange = new Exchange(request, request.timeout().orElse(settings.answerTimeout()), silenceMax);
        try {
            return exchange.open(bytesMax);
        } catch (IOException e) {
            throw exchange.failed(e);
        } finally {
            exchange.deadline.met();
        }
    }

    /** Closes all connections. */
    @Override
    public void close() {
        client.close(CloseMode.IMMEDIATE);
    }

    private static CloseableHttpClient client(OutboundHttpSettings settings, GuardedResolver resolver) {
        var connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setDnsResolver(resolver)
                .setMaxConnPerRoute(settings.connectionsPerEndpointMax())
                .setMaxConnTotal(CONNECTIONS_MAX)
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(Http1Config.custom().setMaxLineLength(LINE_MAX).setMaxHeaderCount(HEADERS_MAX)
                                .setMaxEmptyLineCount(EMPTY_LINES_MAX).build())
                        .build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(timeout(settings.connectTimeout()))
                        .setSocketTimeout(timeout(settings.answerTimeout())) // of the handshake
                        .setIdleTimeout(IDLE_MAX.toTimeout())
                        .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS) // nothing is sent twice, so look first
                        .build())
                .build();
        return HttpClientBuilder.create()
                .setConnectionManager(connections)
                .setRoutePlanner(new DefaultRoutePlanner(DefaultSchemePortResolver.INSTANCE)) // no proxy looks hosts up
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .disableConnectionState()
                .setUserAgent("Howdah")
                .build();
    }

    private static Timeout timeout(Duration duration) {
        return Timeout.of(duration);
    }

    /** One request and its answer. */
    private final class Exchange {
        private final OutboundAddress address;
        private final HttpUriRequestBase request;
        private final Duration limit;
        private final Deadline deadline;

        Exchange(OutboundRequest given, Duration limit, Duration silenceMax) {
            guard.check(given.address());
            this.address = given.address();
            this.limit = limit;
            this.request = new HttpUriRequestBase(given.method(), address.uri());
            request.setAuthority(new URIAuthority(address.host(), address.uri().getPort())); // as it was checked
            request.setConfig(RequestConfig.custom()
                    .setConnectionRequestTimeout(timeout(settings.connectTimeout()))
                    .setResponseTimeout(timeout(silenceMax))
                    .setAuthenticationEnabled(false)
                    .setProtocolUpgradeEnabled(false)
                    .build());
            TraceContext.current().ifPresent(trace -> request.setHeader(TraceContext.HEADER, trace.header()));
            given.headers().forEach(request::setHeader);
            given.body().ifPresent(
                    body -> request.setEntity(new ByteArrayEntity(body.getBytes(StandardCharsets.UTF_8), null)));
            this.deadline = new Deadline(limit, request::cancel);
        }

        OutboundStream open(long bytesMax) throws IOException {
            var host = new HttpHost(address.scheme(), address.host(), address.port());
            var response = client.executeOpen(host, request, null);
            var stream = new OutboundStream(head(response), request, response, bytesMax);
            if (REDIRECTS.contains(response.getCode())) {
                stream.close();
                throw new UnavailableException(REDIRECTED, address + " answered " + response.getCode()
                        + ", a redirect, which is not followed", "give the address that it leads to", null);
            }
            return stream;
        }

        UnavailableException failed(IOException e) {
            if (deadline.isExpired()) {
                return new UnavailableException(TIMEOUT, address + " did not answer within " + limit.toMillis() + " ms",
                        "", e);
            }
            return switch (e) {
                case ConnectionRequestTimeoutException busy -> new UnavailableException(BUSY, "all "
                        + settings.connectionsPerEndpointMax() + " connections to " + address + " are in use",
                        "try again later, or raise howdah.agent.http.connections-per-endpoint-max", busy);
                case UnknownHostException unknown -> unreachable(unknown);
                case ConnectException refused -> unreachable(refused);
                case ConnectTimeoutException late -> unreachable(late);
                case NoRouteToHostException away -> unreachable(away);
                case SSLHandshakeException untrusted -> unreachable(untrusted);
                case SocketTimeoutException late ->
                    new UnavailableException(TIMEOUT, address + " was silent for too long",
                            "", late);
                default -> new UnavailableException(BROKEN, "the connection to " + address + " broke: "
                        + printable(e), "", e);
            };
        }

        private UnavailableException unreachable(IOException e) {
            return new UnavailableException(UNREACHABLE, address + " cannot be reached: " + printable(e), "", e);
        }
    }

    /** What the other side sent may be part of it. */
    private static String printable(IOException e) {
        var text = String.valueOf(e.getMessage()).replaceAll("[^ -~]", "?");
        return text.substring(0, Math.min(text.length(), MESSAGE_CHARACTERS_MAX));
    }

    private static AnswerHead head(ClassicHttpResponse response) {
        return new AnswerHead(response.getCode(), Stream.of(response.getHeaders()).collect(Collectors.groupingBy(
                header -> header.getName().toLowerCase(Locale.ROOT),
                Collectors.mapping(NameValuePair::getValue, Collectors.toList()))));
    }
}
