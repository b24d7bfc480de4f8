package io.iotdarelay.delivery;

import static io.iotdarelay.testing.FakeIotda.answer;
import static io.iotdarelay.testing.TestTelemetry.properties;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.devices.DirectoryEntry.Barrier;
import io.iotdarelay.devices.Outlook;
import io.iotdarelay.devices.Remedy;
import io.iotdarelay.platform.Verdict;
import io.iotdarelay.telemetry.DeviceCredentials;
import io.iotdarelay.telemetry.RejectionReason;
import io.iotdarelay.testing.TestTelemetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the directory knows of the platform's own side, before and after a device is set aside. */
class RemediesTest extends DeliveryWorld {

    private final List<String> tried = new ArrayList<>();

    private DeliveryLoop loopThatTakes(String secret) {
        iotda.onAuthentication(credentials -> {
            tried.add(credentials.secret().value());
            return credentials.secret().value().equals(secret)
                    ? null
                    : new Verdict.DeviceRefused(answer(401, "IOTDA.000002"));
        });
        return loop();
    }

    @Test
    void triesAnotherSecretBeforeTheDeviceIsSetAside() {
        directory.with("d", "first").curing(refused -> {
            directory.with("d", "second");
            return Remedy.NOW;
        });
        DeliveryLoop loop = loopThatTakes("second");
        enqueue(loop, properties("d", "{1}"));
        advance(Duration.ofSeconds(1));

        assertThat(delivered).containsExactly("{1}");
        assertThat(tried).containsExactly("first", "second");
        assertThat(loop.quarantinedCount()).isZero();
        assertThat(directory.accepted())
                .extracting(DeviceCredentials::secret)
                .extracting(secret -> secret.value())
                .containsExactly("second");
    }

    @Test
    void waitsForThePlatformToNameAnotherSecret() {
        List<DeviceCredentials> asked = new ArrayList<>();
        directory.with("d", "first").curing(refused -> {
            asked.add(refused);
            if (asked.size() == 4) {
                directory.with("d", "second");
            }
            return asked.size() == 4 ? Remedy.NOW : Remedy.SOON;
        });
        DeliveryLoop loop = loopThatTakes("second");
        enqueue(loop, properties("d", "{1}"));
        advance(Duration.ofMillis(500));
        assertThat(rejected).isEmpty();
        assertThat(loop.oldest().values())
                .allSatisfy(where -> assertThat(where.waitsFor()).isEqualTo("lookup"));
        advance(Duration.ofSeconds(1));

        assertThat(delivered).containsExactly("{1}");
        assertThat(tried).containsExactly("first", "second");
        assertThat(rejected).isEmpty();
    }

    @Test
    void doesNotWaitForItForLong() {
        directory.with("d", "first").curing(refused -> Remedy.SOON);
        DeliveryLoop loop = loopThatTakes("second");
        enqueue(loop, properties("d", "{1}"));
        advance(Duration.ofSeconds(9));
        assertThat(rejected).isEmpty();
        advance(Duration.ofSeconds(2));

        assertThat(rejection(0).reason()).isEqualTo(RejectionReason.DEVICE_REJECTED);
        assertThat(tried).containsExactly("first");
        assertThat(loop.quarantinedCount()).isEqualTo(1);

        directory.with("d", "second");
        enqueue(loop, properties("d", "{2}"));
        advance(Duration.ofSeconds(1));
        assertThat(delivered).as("another secret ends it at once").containsExactly("{2}");
        assertThat(loop.quarantinedCount()).isZero();
    }

    @Test
    void aDefectOfTheDirectoryLeavesNoLaneWaiting() {
        directory.with("d", "first").curing(refused -> {
            throw new IllegalStateException("a defect");
        });
        DeliveryLoop loop = loopThatTakes("second");
        enqueue(loop, properties("d", "{1}"));
        advance(Duration.ofMinutes(1));

        assertThat(rejection(0).reason()).isEqualTo(RejectionReason.INTERNAL_ERROR);
    }

    @Test
    void aFrozenDeviceIsSetAsideUnasked() {
        directory.with("d", "secret", Barrier.FROZEN);
        DeliveryLoop loop = loopThatTakes("secret");
        enqueue(loop, properties("d", "{1}"));
        advance(Duration.ofSeconds(1));
        assertThat(rejection(0).reason()).isEqualTo(RejectionReason.DEVICE_REJECTED);
        assertThat(rejection(0).detail()).startsWith("the device is frozen on the platform; set aside 1 times");
        assertThat(tried).isEmpty();
        assertThat(loop.quarantinedCount()).isEqualTo(1);

        directory.with("d", "secret");
        enqueue(loop, properties("d", "{2}"));
        advance(Duration.ofSeconds(1));
        assertThat(delivered).as("as soon as the platform tells").containsExactly("{2}");
        assertThat(loop.quarantinedCount()).isZero();
    }

    @Test
    void aFrozenDeviceProbes() {
        directory.with("d", "secret", Barrier.FROZEN);
        DeliveryLoop loop = loopThatTakes("another");
        enqueue(loop, properties("d", "{1}"));
        advance(Duration.ofSeconds(61));
        enqueue(loop, properties("d", "{2}"));
        advance(Duration.ofSeconds(1));
        assertThat(tried).as("a probe").containsExactly("secret");
        assertThat(rejection(1).reason()).isEqualTo(RejectionReason.DEVICE_REJECTED);

        advance(Duration.ofMinutes(5));
        iotda.onAuthentication(credentials -> null);
        enqueue(loop, properties("d", "{3}"));
        directory.with("d", "secret");
        advance(Duration.ofSeconds(1));
        assertThat(delivered).containsExactly("{3}");
        assertThat(directory.accepted()).hasSizeGreaterThanOrEqualTo(1);
    }

    @Test
    void waitsForADeviceThatWasForgottenAndIsAskedForAgain() {
        unknownGrace = Duration.ofSeconds(2);
        longestLookup = Duration.ofSeconds(60);
        DeliveryLoop loop = loop();
        directory.expecting(want -> new Outlook(true, "asked"));
        enqueue(loop, properties("d", "{1}"));
        enqueue(loop, properties("e", "{2}"));
        directory.without("d").without("e");
        advance(Duration.ofSeconds(50));
        assertThat(rejected).isEmpty();
        directory.with("d", "secret");
        advance(Duration.ofSeconds(11));

        assertThat(delivered).containsExactly("{1}");
        assertThat(rejection(1).detail()).isEqualTo("the directory no longer knows the device: asked");
        assertThat(TestTelemetry.device("e"))
                .isEqualTo(directory.wanted().getLast().device());
    }
}
