package io.iotdarelay.operate;

import io.iotdarelay.tls.CheckedSslBundles;
import io.iotdarelay.tls.TlsStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Whether the certificates and keys in use are those of their files: DOWN while renewed ones cannot be used. */
final class TlsHealthIndicator extends AbstractHealthIndicator {

    private final CheckedSslBundles bundles;

    TlsHealthIndicator(CheckedSslBundles bundles) {
        super("the status of certificates cannot be determined");
        this.bundles = bundles;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        List<TlsStatus> all = bundles.status();
        boolean refused = all.stream().anyMatch(status -> status.refused().isPresent());
        Map<String, Object> details = new LinkedHashMap<>();
        all.forEach(status -> details.put(status.bundle(), details(status)));
        (refused ? builder.down() : builder.up()).withDetail("bundles", details);
    }

    private static Map<String, Object> details(TlsStatus status) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("inUseSince", status.since());
        status.certificate().ifPresent(serial -> details.put("certificate", serial));
        status.expires().ifPresent(end -> details.put("expires", end));
        status.refused().ifPresent(why -> details.put("reason", "the files are not in use: " + why));
        return details;
    }
}
