package io.iotdarelay.operate;

import io.iotdarelay.readback.ReadBack;
import io.iotdarelay.readback.ReadBackStatus;
import io.iotdarelay.readback.ReadBackStatus.NotStored;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Whether the platform stores what is delivered: DOWN while properties are not stored again and again; UNKNOWN while there was no
 * verdict for two hours, or three intervals if that is more. It is no part of readiness: another pod would fare no better.
 */
final class ReadBackHealthIndicator extends AbstractHealthIndicator {

    private final ReadBack readBack;

    ReadBackHealthIndicator(ReadBack readBack) {
        super("the status of the proof of arrival cannot be determined");
        this.readBack = readBack;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        describe(readBack.status(), builder);
    }

    static void describe(ReadBackStatus status, Health.Builder builder) {
        if (!status.notStored().isEmpty()) {
            builder.down()
                    .withDetail(
                            "notStored",
                            status.notStored().stream().map(NotStored::describe).toList());
        } else if (!status.isCurrent()) {
            builder.unknown();
        } else {
            builder.up();
        }
        Map<String, Object> routes = new TreeMap<>();
        status.routes().forEach((name, route) -> routes.put(name, describe(route)));
        builder.withDetail("routes", routes)
                .withDetail("devices", status.devices())
                .withDetail("services", status.services())
                .withDetail("forgotten", status.forgotten());
    }

    static Map<String, Object> describe(ReadBackStatus.Route route) {
        Map<String, Object> described = new LinkedHashMap<>();
        route.delivered().ifPresent(at -> described.put("delivered", at));
        route.seen().ifPresent(at -> described.put("seen", at));
        described.put("checked", route.checked());
        described.putAll(new TreeMap<>(route.outcomes()));
        return described;
    }
}
