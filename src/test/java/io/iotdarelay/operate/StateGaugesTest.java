package io.iotdarelay.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.devices.DirectoryEntry;
import io.iotdarelay.devices.DirectoryStatus;
import io.iotdarelay.metrics.RelayGauges;
import io.iotdarelay.telemetry.DeviceId;
import io.iotdarelay.testing.Authority;
import io.iotdarelay.tls.CheckedSslBundles;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.ssl.PemSslBundleProperties;
import org.springframework.boot.autoconfigure.ssl.PropertiesSslBundle;
import org.springframework.boot.ssl.SslBundle;

/** What alerts on the device directory and on certificates are made of. */
class StateGaugesTest {

    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

    @TempDir
    private Path folder = Path.of("");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private DirectoryStatus status = new DirectoryStatus(false, 0, Optional.empty(), Optional.empty(), List.of(), 0);

    private final DeviceDirectory directory = new DeviceDirectory() {
        @Override
        public Optional<DirectoryEntry> find(DeviceId device) {
            return Optional.empty();
        }

        @Override
        public boolean isLoaded() {
            return status.loaded();
        }

        @Override
        public DirectoryStatus status() {
            return status;
        }
    };

    @Test
    void aDirectoryIsReadableWhileItIsLoadedAndHasNoTrouble() {
        show(new CheckedSslBundles(() -> NOW));
        assertThat(value("relay.directory.readable")).isZero();
        assertThat(value("relay.directory.age")).isNaN();

        status =
                new DirectoryStatus(true, 7, Optional.of(NOW.minusSeconds(90)), Optional.empty(), List.of("line 3"), 2);
        assertThat(value("relay.directory.readable")).isEqualTo(1);
        assertThat(value("relay.directory.devices")).isEqualTo(7);
        assertThat(value("relay.directory.invalid")).isEqualTo(2);
        assertThat(value("relay.directory.age")).isEqualTo(90);
        assertThat(registry.get("relay.directory.age").gauge().getId().getBaseUnit())
                .isEqualTo("seconds");

        status = new DirectoryStatus(true, 7, status.changed(), Optional.of("gone"), List.of(), 0);
        assertThat(value("relay.directory.readable")).isZero();
        assertThat(value("relay.directory.devices")).isEqualTo(7);
    }

    @Test
    void aBundleIsRefusedUntilItsFilesCanBeUsed() throws Exception {
        Authority authority = Authority.create();
        X509Bundle first = authority.issue();
        X509Bundle second = authority.issue();
        CheckedSslBundles bundles = new CheckedSslBundles(Instant::now);
        bundles.registerBundle("kafka", bundle(first.getCertificatePathPEM(), first.getPrivateKeyPEM()));
        bundles.registerBundle("iotda", bundle(first.getCertificatePathPEM(), first.getPrivateKeyPEM()));
        show(bundles);
        assertThat(refused("kafka")).isZero();

        bundles.updateBundle("kafka", bundle(second.getCertificatePathPEM(), first.getPrivateKeyPEM()));
        assertThat(refused("kafka")).isEqualTo(1);
        assertThat(refused("iotda")).isZero();

        bundles.updateBundle("kafka", bundle(second.getCertificatePathPEM(), second.getPrivateKeyPEM()));
        assertThat(refused("kafka")).isZero();
    }

    private void show(CheckedSslBundles bundles) {
        StateGauges unused = new StateGauges(new RelayGauges(registry), directory, bundles, () -> NOW);
    }

    private double value(String meter) {
        return registry.get(meter).gauge().value();
    }

    private double refused(String bundle) {
        return registry.get("relay.tls.refused").tag("bundle", bundle).gauge().value();
    }

    private SslBundle bundle(String certificate, String key) throws Exception {
        PemSslBundleProperties properties = new PemSslBundleProperties();
        properties
                .getKeystore()
                .setCertificate("file:" + Files.writeString(Files.createTempFile(folder, "c", ".pem"), certificate));
        properties
                .getKeystore()
                .setPrivateKey("file:" + Files.writeString(Files.createTempFile(folder, "k", ".pem"), key));
        return PropertiesSslBundle.get(properties);
    }
}
