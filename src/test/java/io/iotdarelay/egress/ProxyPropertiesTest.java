package io.iotdarelay.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyPropertiesTest {

    @ParameterizedTest
    @CsvSource({
        "platform.example,       true",
        "PLATFORM.inside.example, false",
        "a.b.Inside.Example,     false",
        "inside.example,         true",
        "notinside.example,      true",
        "localhost,              false",
        "localhost.example,      true",
        "another-localhost,      true",
        "10.0.0.7,               false",
        "10.0.0.70,              true",
        "fd00::7,                false"
    })
    void exemptsHostsAndSuffixes(String host, boolean proxied) {
        ProxyProperties proxy = proxy(" .inside.EXAMPLE ", "LocalHost", "10.0.0.7", "FD00::7");

        assertThat(proxy.isFor(host)).isEqualTo(proxied);
    }

    @Test
    void exemptsNothingByDefault() {
        assertThat(proxy().isFor("localhost")).isTrue();
    }

    private static ProxyProperties proxy(String... noProxy) {
        return new ProxyProperties(
                ProxyProperties.Protocol.HTTP, "proxy.example", 3128, null, null, null, List.of(noProxy));
    }
}
