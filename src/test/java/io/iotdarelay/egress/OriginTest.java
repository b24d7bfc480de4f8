package io.iotdarelay.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginTest {

    @ParameterizedTest
    @CsvSource({
        "https://h,          https://h,          h,    443,  h",
        "https://h/,         https://h,          h,    443,  h",
        "https://h:443/,     https://h:443,      h,    443,  h",
        "HTTPS://h:8443,     HTTPS://h:8443,     h,    8443, h:8443",
        "https://[fd00::7],  https://[fd00::7],  fd00::7, 443, [fd00::7]"
    })
    void hasAHostAndAPort(String uri, String text, String host, int port, String authority) {
        Origin origin = new Origin(URI.create(uri));

        assertThat(Origin.isOne(origin.uri())).isTrue();
        assertThat(origin.text()).isEqualTo(text);
        assertThat(origin.host()).isEqualTo(host);
        assertThat(origin.port()).isEqualTo(port);
        assertThat(origin.authority()).isEqualTo(authority);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://h", "h:443", "https://me@h", "https://h/v5", "https://h?a=b", "https://h#a", "https:/h"})
    void isNothingElse(String uri) {
        assertThat(Origin.isOne(URI.create(uri))).isFalse();
    }
}
