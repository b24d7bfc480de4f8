package io.iotdarelay.readback;

import io.iotdarelay.telemetry.DeviceId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Properties that are not stored again and again. Each is logged once, and once more when it is stored again. Bounded. */
final class Findings {

    private static final Logger log = LoggerFactory.getLogger(Findings.class);

    /** So many checks in a row, of whichever devices: one may be an accident. */
    static final int AGAIN_AND_AGAIN = 3;

    private static final int MOST = 1_000;

    /** Names of properties may come from data, and a wrong model concerns all of them. */
    static final int MOST_TOLD = 20;

    private record Place(Target target, String property) {}

    private static final class Row {
        private int times;
        private ReadBackStatus.@Nullable NotStored told;
    }

    private final Map<Place, Row> rows = new LinkedHashMap<>();
    private int told;

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
            } else if (sighting != Sighting.UNKNOWN) {
                ended(place, result);
            }
        });
    }

    private void failed(
            Place place,
            Check.Result result,
            Sighting sighting,
            Instant now,
            BiFunction<Check.Result, String, String> reason) {
        Row row = rows.get(place);
        if (row == null) {
            if (rows.size() >= MOST) {
                return;
            }
            row = new Row();
            rows.put(place, row);
        }
        row.times++;
        if (row.times >= AGAIN_AND_AGAIN && (row.told != null || told < MOST_TOLD)) {
            boolean isNew = row.told == null;
            Delivered report = result.part().report();
            DeviceId device = report.report().device();
            row.told = new ReadBackStatus.NotStored(
                    report.route(),
                    place.target().service(),
                    place.property(),
                    sighting.code(),
                    reason.apply(result, place.property()),
                    device,
                    row.told == null ? now : row.told.since());
            if (isNew) {
                told++;
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
    }

    private void ended(Place place, Check.Result result) {
        Row row = rows.remove(place);
        if (row != null && row.told != null) {
            told--;
            log.atInfo()
                    .addKeyValue("route", result.part().report().route())
                    .addKeyValue("service", place.target().service())
                    .addKeyValue("property", place.property())
                    .log("What is delivered is stored by the platform again");
        }
    }

    /** Forgets what nobody stands for any more. */
    void retain(Predicate<Target> watched) {
        rows.entrySet().removeIf(entry -> {
            boolean gone = !watched.test(entry.getKey().target());
            if (gone && entry.getValue().told != null) {
                told--;
            }
            return gone;
        });
    }

    List<ReadBackStatus.NotStored> standing() {
        return rows.values().stream()
                .flatMap(row -> Stream.ofNullable(row.told))
                .toList();
    }
}
