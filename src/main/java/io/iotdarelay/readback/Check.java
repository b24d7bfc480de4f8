package io.iotdarelay.readback;

import io.iotdarelay.appside.Shadow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** The check of one device: what it reported last, by services, until its shadow shows it, or time is up. */
final class Check {

    /** The shadow's times are in whole seconds, and clocks differ. */
    private static final Duration SAME_TIME = Duration.ofSeconds(5);

    /** After which parts of the patience the shadow is read, in twelfths. */
    private static final int[] TWELFTHS = {1, 3, 12};

    private static final int ALL = 12;

    /**
     * What was reported about one service.
     *
     * @param entries of the whole report
     */
    record Part(Target target, Delivered report, ArrayNode entries, Reported reported) {}

    /** A report that was delivered. */
    private record Read(Delivered report, Map<String, Reported> services) {

        static Read of(Delivered report) {
            return new Read(
                    report,
                    Reported.entries(report.report().json())
                            .map(Reported::byService)
                            .orElse(Map.of()));
        }
    }

    /** A later report of the relay about the same service. It moves the service's time, whatever becomes of each property. */
    private record Later(Instant at, Reported reported) {

        boolean explains(Instant shown) {
            return isNear(shown, at)
                    || reported.time().filter(time -> isNear(shown, time)).isPresent();
        }
    }

    /** What the shadow shows of it, by properties. */
    record Result(Part part, Map<String, Sighting> properties) {

        Sighting worst() {
            return properties.values().stream().max(Comparator.naturalOrder()).orElse(Sighting.UNKNOWN);
        }
    }

    private final Instant opened;
    private final Duration patience;

    /** Those without a verdict. */
    private final Map<Target, Part> parts;

    private final Set<Target> targets;
    private int asked;

    Check(Collection<Part> parts, Instant opened, Duration patience) {
        this.opened = opened;
        this.patience = patience;
        this.parts = new LinkedHashMap<>();
        parts.forEach(part -> this.parts.put(part.target(), part));
        this.targets = Set.copyOf(this.parts.keySet());
    }

    /** Whether it is, or was, about this. */
    boolean isOf(Target target) {
        return targets.contains(target);
    }

    /** When the shadow should be read next. */
    Instant askAt() {
        return opened.plus(patience.multipliedBy(TWELFTHS[Math.min(asked, TWELFTHS.length - 1)])
                .dividedBy(ALL));
    }

    boolean isOver() {
        return parts.isEmpty();
    }

    /** Forgets what another instance may report by now. Returns how much that was. */
    int forgetAbandoned() {
        int before = parts.size();
        parts.values().removeIf(part -> !part.report().assignment().isCurrent());
        return before - parts.size();
    }

    /**
     * Compares with the shadow. What is there is settled, what is not only at the last time.
     *
     * @param later the reports that were delivered, as far as they were kept
     * @param count the number of the last one that was delivered, or of one before that
     */
    List<Result> judge(Shadow shadow, List<Delivered> later, long count) {
        asked++;
        boolean isLast = asked >= TWELFTHS.length;
        long first = parts.values().stream()
                .mapToLong(part -> part.report().number())
                .min()
                .orElse(Long.MAX_VALUE);
        List<Read> read = later.stream()
                .filter(each -> each.number() > first)
                .map(Read::of)
                .toList();
        List<Result> settled = new ArrayList<>();
        for (Part part : List.copyOf(parts.values())) {
            Result result = new Result(part, look(part, shadow, read, count));
            if (isLast || !result.worst().isFailure()) {
                settled.add(result);
                parts.remove(part.target());
            }
        }
        return settled;
    }

    private static Map<String, Sighting> look(Part part, Shadow shadow, List<Read> later, long count) {
        String service = part.target().service();
        Optional<Shadow.Reported> shown = shadow.reported(service);
        List<Later> newer = new ArrayList<>();
        long kept = 0;
        for (Read each : later) {
            Delivered report = each.report();
            if (report.number() > part.report().number()) {
                kept += report.number() <= count ? 1 : 0;
                Optional.ofNullable(each.services().get(service))
                        .ifPresent(reported -> newer.add(new Later(report.at(), reported)));
            }
        }
        boolean someAreGone = kept < count - part.report().number();
        boolean isLater = shown.flatMap(Shadow.Reported::time)
                .filter(time -> isLater(time, part) && newer.stream().noneMatch(each -> each.explains(time)))
                .isPresent();
        Map<String, Sighting> properties = new LinkedHashMap<>();
        for (String name : part.reported().values().keySet()) {
            JsonNode value = shown.<JsonNode>map(
                            reported -> reported.properties().get(name))
                    .orElse(null);
            properties.put(name, sighting(name, value, part.reported(), newer, someAreGone || isLater));
        }
        return properties;
    }

    private static Sighting sighting(
            String name, @Nullable JsonNode value, Reported reported, List<Later> newer, boolean mayBeNewer) {
        if (value == null || value.isNull()) {
            return Sighting.MISSING;
        }
        if (reported.leaves(name, value)) {
            return Sighting.STORED;
        }
        if (newer.stream().anyMatch(each -> each.reported().says(name, value))) {
            return Sighting.OVERTAKEN;
        }
        if (reported.says(name, value) || Comparison.isUnclear(value)) {
            return Sighting.UNKNOWN;
        }
        return mayBeNewer ? Sighting.NEWER : Sighting.DIFFERENT;
    }

    /**
     * Whether the shadow's time belongs to a later report. It is unpublished whether that is the device's time or the platform's: the time
     * at which this report was delivered may be its own.
     */
    private static boolean isLater(Instant shown, Part part) {
        Instant delivered = part.report().at();
        return !isNear(shown, delivered)
                && shown.isAfter(part.reported().time().orElse(delivered).plus(SAME_TIME));
    }

    private static boolean isNear(Instant one, Instant other) {
        return Duration.between(one, other).abs().compareTo(SAME_TIME) <= 0;
    }
}
