package io.iotdarelay.provisioning;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.appside.NewDevice;
import io.iotdarelay.telemetry.DeviceSecret;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NewSecretsTest {

    @Test
    void areDifferentAndTakenByThePlatform() {
        NewSecrets secrets = new NewSecrets(new SecureRandom());
        Set<DeviceSecret> made = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            DeviceSecret secret = secrets.get();
            assertThat(secret.value()).hasSize(32);
            assertThat(NewDevice.isSecret(secret.value())).isTrue();
            assertThat(made.add(secret)).isTrue();
        }
        assertThat(made.iterator().next()).hasToString("(secret)");
    }
}
