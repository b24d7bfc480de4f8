package io.iotdarelay.appside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.telemetry.DeviceSecret;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NewDeviceTest {

    @Test
    void takesWhatThePlatformTakes() {
        assertThat(device("a".repeat(64), "p".repeat(36), "n".repeat(256), "12345678"))
                .asString()
                .doesNotContain("12345678");
        assertThat(NewDevice.isSecret("a".repeat(32))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "'',   p,    n, 12345678,  a node ID",
        "a/b,  p,    n, 12345678,  a node ID",
        "node, 'p ', n, 12345678,  a product ID",
        "node, p,    n, 1234567,   a new secret",
        "node, p,    n, 1234 5678, a new secret"
    })
    void refusesWhatThePlatformWouldRefuse(String node, String product, String name, String secret, String why) {
        assertThatThrownBy(() -> device(node, product, name, secret))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(why)
                .hasMessageNotContaining("1234");
    }

    @Test
    void refusesALongName() {
        assertThatThrownBy(() -> device("node", "p", "n".repeat(257), "12345678"))
                .hasMessage("a device's name has at most 256 characters");
    }

    @Test
    void makesSecretsThatAreDifferentAndTaken() {
        SecureRandom random = new SecureRandom();
        Set<DeviceSecret> made = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            DeviceSecret secret = NewDevice.secret(random);
            assertThat(secret.value()).hasSize(32);
            assertThat(NewDevice.isSecret(secret.value())).isTrue();
            assertThat(made.add(secret)).isTrue();
        }
        assertThat(made.iterator().next()).hasToString("(secret)");
    }

    private static NewDevice device(String node, String product, String name, String secret) {
        return new NewDevice(
                new DeviceId("d"), node, product, Optional.of(name), new DeviceSecret(secret), Optional.empty());
    }
}
