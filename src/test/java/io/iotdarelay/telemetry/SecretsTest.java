package io.iotdarelay.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

    private static final String PLANTED = "planted-secret-value";

    @Test
    void areNotPrinted() {
        DeviceCredentials credentials = new DeviceCredentials(new DeviceId("d"), new DeviceSecret(PLANTED));

        assertThat(credentials.toString() + credentials.secret() + new AccessToken(PLANTED))
                .doesNotContain(PLANTED)
                .contains("d");
    }

    @Test
    void areEqualByTheirContent() {
        DeviceSecret secret = new DeviceSecret("gehe\u00efm");
        assertThat(secret)
                .isEqualTo(new DeviceSecret("gehe\u00efm"))
                .hasSameHashCodeAs(new DeviceSecret("gehe\u00efm"))
                .isNotEqualTo(new DeviceSecret("geheim"))
                .isNotEqualTo("gehe\u00efm");
        assertThat(secret.value()).isEqualTo("gehe\u00efm");
    }

    @Test
    void areNotEmpty() {
        assertThatThrownBy(() -> new DeviceSecret("")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\r\nInjected: header", "ä", "a\u007f"})
    void areNoTokensIfTheyDoNotFitAHeader(String value) {
        assertThat(AccessToken.isValid(value)).isFalse();
        assertThatThrownBy(() -> new AccessToken(value)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void haveABoundAsTokens() {
        assertThat(AccessToken.isValid("x".repeat(256))).isTrue();
        assertThat(AccessToken.isValid("x".repeat(257))).isFalse();
    }
}
