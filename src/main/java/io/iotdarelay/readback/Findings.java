package io.iotdarelay.readback;

import io.iotdarelay.telemetry.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Properties that are not stored again and again. Each is logged once, and once more when every device that failed has succeeded, or was
 * not seen to fail for long: it may have fallen silent, or no longer report the property. Bounded.
 */
final class Findings {

    private static final Logger log = LoggerFactory.getLogger(Findings.class);

    /** So many failures, of one device in a row or of several: one may be an accident. */
    static final int AGAIN_AND_AGAIN = 3;

    static final int MOST = 1_000;

    /** Names of properties may come from data, and a wrong model concerns all of them. */
    static final int MOST_TOLD = 20;

    /** That fail for one property; more than are watched at a time. */
    private static final int MOST_DEVICES = 16;

    private record Place(Target target, String property) {}

    /** A device's failures, since it last succeeded. */
    private record Failing(int times, Instant last) {}

    private static final class Row {
        private final Instant since;
        private final Map<DeviceId, Failing> devices = new LinkedHashMap<>();
        private ReadBackStatus.@Nullable NotStored told;

        Row(Instant since) {
            this.since = since;
        }

        int failed(DeviceId device, Instant now) {
            Failing before = devices.remove(device);
            if (devices.size() >= MOST_DEVICES) {
                devices.remove(devices.keySet().iterator().next());
            }
            devices.put(device, new Failing(before == null ? 1 : before.times() + 1, now));
            return devices.values().stream().mapToInt(Failing::times).sum();
        }
    }

    private final Duration accident;
    private final Duration memory;

    /** The one that failed last is the last. */
    private final Map<Place, Row> rows = new LinkedHashMap<>();

    /**
     * None yet.
     *
     * @param accident how long failures of several devices may be one and the same accident
     * @param memory after which a failure no longer counts
     */
    Findings(Duration accident, Duration memory) {
        this.accident = accident;
        this.memory = memory;
    }

    /**
     * A report was checked.
     *
     * @param reason the likely reason for a property of the report; it is asked for only where it is needed
     */
    void add(Check.Result result, Instant now, BiFunction<Check.Result, String, String> reason) {
        result.properties().forEach((property, sighting) -> {
            Place place = new Place(result.part().target(), property);
            if (sighting.isFailure()) {
                failed(place, result, sighting, now, reason);
            } else if (sighting.isProof()) {
                succeeded(place, result);
            }
        });
    }

    private void failed(
            Place place,
            Check.Result result,
            Sighting sighting,
            Instant now,
            BiFunction<Check.Result, String, String> reason) {
        Row row = rows.remove(place);
        if (row == null) {
            row = new Row(now);
            if (rows.size() >= MOST) {
                makeRoom();
            }
        }
        rows.put(place, row);
        Delivered report = result.part().report();
        DeviceId device = report.report().device();
        int times = row.failed(device, now);
        boolean isNew = row.told == null;
        if (isNew
                && (times < AGAIN_AND_AGAIN
                        || now.isBefore(row.since.plus(accident))
                        || standing().size() >= MOST_TOLD)) {
            return;
        }
        row.told = new ReadBackStatus.NotStored(
                report.route(),
                place.target().service(),
                place.property(),
                sighting.code(),
                reason.apply(result, place.property()),
                String.valueOf(result.part().reported().last(place.property())),
                device,
                row.told == null ? now : row.told.since());
        if (isNew) {
            log.atWarn()
                    .addKeyValue("route", report.route())
                    .addKeyValue("service", place.target().service())
                    .addKeyValue("property", place.property())
                    .addKeyValue("deviceId", device)
                    .addKeyValue("outcome", sighting.code())
                    .addKeyValue("reason", row.told.reason())
                    .log("What was delivered is not stored by the platform, again and again");
        }
    }

    /** The one goes whose last failure is the oldest, of those that were not told. */
    private void makeRoom() {
        Iterator<Row> each = rows.values().iterator();
        while (each.hasNext()) {
            if (each.next().told == null) {
                each.remove();
                return;
            }
        }
    }

    private void succeeded(Place place, Check.Result result) {
        Row row = rows.get(place);
        if (row != null
                && row.devices.remove(result.part().report().report().device()) != null
                && row.devices.isEmpty()) {
            rows.remove(place);
            tellEnd(place, row, "What is delivered is stored by the platform again");
        }
    }

    /** Time has passed. */
    void age(Instant now) {
        rows.entrySet().removeIf(entry -> {
            Row row = entry.getValue();
            row.devices.values().removeIf(failing -> failing.last().plus(memory).isBefore(now));
            if (row.devices.isEmpty()) {
                tellEnd(
                        entry.getKey(),
                        row,
                        "What was not stored by the platform was not seen to fail lately: perhaps it is no longer reported");
            }
            return row.devices.isEmpty();
        });
    }

    private static void tellEnd(Place place, Row row, String message) {
        if (row.told != null) {
            log.atInfo()
                    .addKeyValue("route", place.target().route())
                    .addKeyValue("service", place.target().service())
                    .addKeyValue("property", place.property())
                    .log(message);
        }
    }

    List<ReadBackStatus.NotStored> standing() {
        return rows.values().stream()
                .flatMap(row -> Stream.ofNullable(row.told))
                .toList();
    }
}
