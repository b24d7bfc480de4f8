package io.iotdarelay.operate;

import io.iotdarelay.devices.DeviceDirectory;
import io.iotdarelay.devices.DirectoryStatus;
import io.iotdarelay.metrics.RelayGauges;
import io.iotdarelay.metrics.RelayMeter;
import io.iotdarelay.tls.CheckedSslBundles;
import io.iotdarelay.tls.TlsStatus;
import java.time.Duration;
import java.time.InstantSource;

/** What health says of the device directory and of certificates, as metrics. */
final class StateGauges {

    private static final double MILLIS = 1000;

    private final DeviceDirectory directory;
    private final CheckedSslBundles bundles;
    private final InstantSource time;

    StateGauges(RelayGauges gauges, DeviceDirectory directory, CheckedSslBundles bundles, InstantSource time) {
        this.directory = directory;
        this.bundles = bundles;
        this.time = time;
        gauges.show(RelayMeter.DIRECTORY_DEVICES, () -> directory.status().devices());
        gauges.show(RelayMeter.DIRECTORY_INVALID, () -> directory.status().brokenEntries());
        gauges.show(RelayMeter.DIRECTORY_READABLE, () -> isReadable() ? 1 : 0);
        gauges.show(RelayMeter.DIRECTORY_AGE, this::age);
        bundles.status()
                .forEach(bundle -> gauges.show(
                        RelayMeter.TLS_REFUSED,
                        RelayMeter.Label.BUNDLE,
                        bundle.bundle(),
                        () -> isRefused(bundle.bundle()) ? 1 : 0));
    }

    private boolean isReadable() {
        DirectoryStatus status = directory.status();
        return status.loaded() && status.trouble().isEmpty();
    }

    private double age() {
        return directory
                .status()
                .changed()
                .map(changed -> Duration.between(changed, time.instant()).toMillis() / MILLIS)
                .orElse(Double.NaN);
    }

    private boolean isRefused(String bundle) {
        return bundles.status().stream()
                .filter(status -> status.bundle().equals(bundle))
                .map(TlsStatus::refused)
                .anyMatch(why -> why.isPresent());
    }
}
