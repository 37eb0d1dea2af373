package dev.howdah.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import dev.howdah.postgres.InvalidInputException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AddressGuardTest {
    private static final Pattern CHARACTER = Pattern.compile("U\\+((?:[0-9A-F]{2})+)");
    private static final Map<String, List<String>> NAMES = Map.ofEntries(
            Map.entry("inside.example", List.of("127.0.0.1")), Map.entry("private.example", List.of("192.168.1.1")),
            Map.entry("linklocal.example", List.of("169.254.1.1")),
            Map.entry("cloud.example", List.of("169.254.169.254")), Map.entry("shared.example", List.of("100.64.0.1")),
            Map.entry("unspecified.example", List.of("0.0.0.0")),
            Map.entry("broadcast.example", List.of("255.255.255.255")),
            Map.entry("v6loopback.example", List.of("::1")), Map.entry("ula.example", List.of("fd00::1")),
            Map.entry("mapped.example", List.of("::ffff:127.0.0.1")),
            Map.entry("nat64.example", List.of("64:ff9b::a00:1")),
            Map.entry("sixtofour.example", List.of("2002:7f00:1::")),
            Map.entry("mixed.example", List.of("93.184.215.14", "10.0.0.1")),
            Map.entry("mixed6.example", List.of("2606:4700::1111", "::1")),
            Map.entry("127.0.0.1.nip.example", List.of("127.0.0.1")), Map.entry("intranet", List.of("10.1.2.3")),
            Map.entry("dualstack.example", List.of("93.184.215.14", "2606:4700::1111")));

    static Stream<Arguments> addresses() throws IOException {
        try (var in = Objects.requireNonNull(AddressGuardTest.class.getResourceAsStream("addresses.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#"))
                    .map(line -> Arguments.of(line.substring(0, line.indexOf(' ')),
                            characters(line.substring(line.indexOf(' ') + 1))));
        }
    }

    @ParameterizedTest
    @MethodSource("addresses")
    void everySpellingGetsItsVerdict(String verdict, String address) {
        var settings = OutboundHttpSettings.defaults();
        if (verdict.equals("allowed")) {
            assertThatCode(() -> resolve(settings, address)).doesNotThrowAnyException();
        } else {
            assertThatThrownBy(() -> resolve(settings, address)).isInstanceOfSatisfying(InvalidInputException.class,
                    e -> assertThat(e.code()).isEqualTo(OutboundHttp.ADDRESS_REFUSED));
        }
    }

    @Test
    void thereAreAtLeastAHundredAndFiftySpellings() throws IOException {
        assertThat(addresses()).hasSizeGreaterThan(150);
    }

    @Test
    void whatIsAllowedPrivatelyIsNeitherTheCloudsNorNobodys() throws UnknownHostException {
        var settings = settings("howdah.agent.http.allow-private", "true");
        for (var allowed : List.of("http://localhost/", "http://127.0.0.1:1/", "http://[::1]/", "http://10.0.0.1/",
                "http://169.254.1.1/", "http://[fe80::1]/", "http://100.64.0.1/", "http://inside.example/")) {
            assertThat(resolve(settings, allowed)).as(allowed).isNotEmpty();
        }
        for (var refused : List.of("http://169.254.169.254/", "http://metadata.google.internal/", "http://0.0.0.0/",
                "http://224.0.0.1/", "http://[fd00:ec2::254]/", "http://cloud.example/", "http://192.0.2.1/",
                "http://2130706433/", "http://100.100.100.200/")) {
            assertThatThrownBy(() -> resolve(settings, refused)).as(refused).isInstanceOf(InvalidInputException.class);
        }
    }

    @Test
    void theAllowListNamesHostsDomainsAddressesAndNetworks() throws UnknownHostException {
        var settings = settings("howdah.agent.http.allow",
                "inside.example, *.localhost, 10.0.0.0/9,169.254.169.254, fd00::/8, 192.168.0.0/20");
        for (var allowed : List.of("http://inside.example/", "http://INSIDE.example./", "http://a.localhost/",
                "http://10.127.255.255/", "http://169.254.169.254/", "http://[fd00:ec2::254]/", "http://ula.example/",
                "http://192.168.15.255/", "http://private.example/", "http://mixed.example/")) {
            assertThat(resolve(settings, allowed)).as(allowed).isNotEmpty();
        }
        for (var refused : List.of("http://127.0.0.1/", "http://localhost/", "http://10.128.0.0/", "http://[fc00::1]/",
                "http://192.168.16.0/", "http://v6loopback.example/", "http://169.254.169.253/")) {
            assertThatThrownBy(() -> resolve(settings, refused)).as(refused).isInstanceOf(InvalidInputException.class);
        }
        assertThat(resolve(settings("howdah.agent.http.allow", "*"), "http://[::1]/")).isNotEmpty();
    }

    @Test
    void portsCanBeLimited() throws UnknownHostException {
        var settings = settings("howdah.agent.http.ports", "443, 8443");
        assertThat(resolve(settings, "https://example.org/")).isNotEmpty();
        assertThat(resolve(settings, "http://example.org:8443/")).isNotEmpty();
        assertThatThrownBy(() -> resolve(settings, "http://example.org/")).hasMessageContaining("port 80");
    }

    @Test
    void aRefusalNamesTheReasonAndTheRemedyAndNoPath() {
        assertThatThrownBy(() -> resolve(OutboundHttpSettings.defaults(), "http://private.example/secret?token=1"))
                .hasMessageContaining("private.example leads to 192.168.1.1, a private address")
                .hasMessageContaining("howdah.agent.http.allow").hasMessageNotContaining("secret");
        assertThatThrownBy(() -> OutboundAddress.of("http://user:secret@example.org/"))
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> OutboundAddress.of("https://example.org/" + "a".repeat(OutboundAddress.LENGTH_MAX)))
                .hasMessageContaining("2048");
        assertThat(OutboundAddress.of("https://example.org/secret?token=1")).hasToString("https://example.org:443");
    }

    @Test
    void wrongSettingsAreAllNamedAtOnce() {
        var configuration = Configuration.of(Map.of("howdah.agent.http.allow", "10.0.0.0/33,a b,::1/x",
                "howdah.agent.http.ports", "http,70000", "howdah.agent.http.connect-timeout", "0s"));
        OutboundHttpSettings.from(configuration);
        assertThatThrownBy(configuration::check).isInstanceOfSatisfying(ConfigurationException.class,
                e -> assertThat(e.problems()).hasSize(6));
    }

    private static OutboundHttpSettings settings(String name, String value) {
        return OutboundHttpSettings.from(Configuration.of(Map.of(name, value)));
    }

    private static InetAddress[] resolve(OutboundHttpSettings settings, String text) throws UnknownHostException {
        var guard = new AddressGuard(settings);
        var address = OutboundAddress.of(text);
        guard.check(address);
        return new GuardedResolver(guard, AddressGuardTest::lookUp, Duration.ofSeconds(5)).resolve(address.host());
    }

    private static InetAddress[] lookUp(String host) {
        return NAMES.getOrDefault(host, List.of("93.184.215.14")).stream().map(InetAddress::ofLiteral)
                .toArray(InetAddress[]::new);
    }

    private static String characters(String line) {
        return CHARACTER.matcher(line).replaceAll(match -> java.util.regex.Matcher.quoteReplacement(
                new String(HexFormat.of().parseHex(match.group(1)), StandardCharsets.ISO_8859_1)));
    }
}
