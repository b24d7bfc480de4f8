package io.iotdarelay.commands;

import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/** Looks for the time of a reading. */
final class Times {

    private static final Pattern TIME = Pattern.compile(
            "(?i)(.*[_-])?(t|ts|time|timestamp|date|datetime|at|when|utc)|.*(time|timestamp|date|_at|At|Ts)(_?ms)?");

    private Times() {}

    /** Places that hold times, the likeliest first. */
    static List<Place> in(List<Place> places) {
        return places.stream()
                .filter(place -> place.isScalar() && place.isTime())
                .filter(place -> isCalledTime(place)
                        || ("string".equals(place.type()) && !place.isNumericText())
                        || (place.isNear() && !place.isFractional()))
                .sorted(Comparator.comparingInt((Place place) -> isCalledTime(place) ? 0 : 1)
                        .thenComparingInt(place -> place.isNear() ? 0 : 1)
                        .thenComparingInt(place -> -place.values())
                        .thenComparingLong(place ->
                                place.selector().chars().filter(c -> c == '/').count()))
                .toList();
    }

    private static boolean isCalledTime(Place place) {
        return TIME.matcher(place.name()).matches();
    }
}
