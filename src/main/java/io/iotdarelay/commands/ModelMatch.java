package io.iotdarelay.commands;

import io.iotdarelay.model.DataType;
import io.iotdarelay.model.ModelOutline;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which places hold which properties of a product model: by their names and types, each place and each property once. */
final class ModelMatch {

    private static final int SAME = 100;
    private static final int SAME_BUT_CASE = 95;
    private static final int SAME_BUT_SEPARATORS = 90;
    private static final int END_OF_PATH = 80;
    private static final int BEGINNING = 60;
    private static final int SHORTENED = 50;
    private static final int PART = 40;
    private static final int SHORTEST = 3;

    private static final Map<String, String> SWITCHES =
            Map.of("on", "off", "true", "false", "yes", "no", "open", "closed", "online", "offline");

    private final List<Found> found = new ArrayList<>();
    private final List<ModelOutline.Service> services;
    private final Set<Place> used = new HashSet<>();

    /**
     * A place that holds a property.
     *
     * @param steps what the rule does beside selecting, such as {@code type: int}
     * @param others places whose names fit as well
     */
    record Found(
            ModelOutline.Service service,
            ModelOutline.Property property,
            Place place,
            String steps,
            int score,
            List<Place> others) {

        /** Whether only a part of the name speaks for it. */
        boolean isGuess() {
            return score <= PART;
        }
    }

    private record Pair(
            ModelOutline.Service service,
            ModelOutline.Property property,
            Place place,
            int score,
            Optional<String> steps) {}

    ModelMatch(ModelOutline model, List<Place> places) {
        List<Pair> pairs = new ArrayList<>();
        Map<ModelOutline.Service, Integer> weights = new HashMap<>();
        for (ModelOutline.Service service : model.services()) {
            for (ModelOutline.Property property : service.properties()) {
                for (Place place : places) {
                    int score = score(property.name(), place);
                    if (score > 0) {
                        pairs.add(new Pair(service, property, place, score, steps(place, property.type())));
                        weights.merge(service, score, Integer::sum);
                    }
                }
            }
        }
        this.services = model.services().stream()
                .sorted(Comparator.comparingInt(service -> -weights.getOrDefault(service, 0)))
                .toList();
        pairs.sort(Comparator.comparingInt((Pair pair) -> -pair.score())
                .thenComparingInt(pair -> services.indexOf(pair.service()))
                .thenComparingInt(pair -> pair.place().selector().length()));
        choose(pairs);
    }

    private void choose(List<Pair> pairs) {
        Set<List<String>> taken = new HashSet<>();
        for (Pair pair : pairs) {
            List<String> target = target(pair);
            if (pair.steps().isPresent() && !taken.contains(target) && used.add(pair.place())) {
                taken.add(target);
                List<Place> others = pairs.stream()
                        .filter(other -> target(other).equals(target)
                                && other.score() == pair.score()
                                && !other.place().equals(pair.place()))
                        .map(Pair::place)
                        .toList();
                found.add(new Found(
                        pair.service(),
                        pair.property(),
                        pair.place(),
                        pair.steps().get(),
                        pair.score(),
                        others));
            }
        }
    }

    private static List<String> target(Pair pair) {
        return List.of(pair.service().id(), pair.property().name());
    }

    /** Services of which something was found, each with what was found; the one with the most first. */
    List<ModelOutline.Service> services() {
        return services.stream().filter(service -> !of(service).isEmpty()).toList();
    }

    /** Services of which nothing was found. */
    List<ModelOutline.Service> others() {
        return services.stream().filter(service -> of(service).isEmpty()).toList();
    }

    /** What was found of a service. */
    List<Found> of(ModelOutline.Service service) {
        return found.stream().filter(one -> one.service().equals(service)).toList();
    }

    /** Its properties that were not found. */
    List<ModelOutline.Property> missing(ModelOutline.Service service) {
        Set<String> names = new HashSet<>();
        of(service).forEach(one -> names.add(one.property().name()));
        return service.properties().stream()
                .filter(property -> !names.contains(property.name()))
                .toList();
    }

    /** Whether a place holds a property. */
    boolean isUsed(Place place) {
        return used.contains(place);
    }

    /** A place whose name is that of a property, but whose values are of another type. */
    Optional<Place> ofAnotherType(ModelOutline.Property property, List<Place> places) {
        return places.stream()
                .filter(place -> !isUsed(place)
                        && score(property.name(), place) >= SAME_BUT_SEPARATORS
                        && steps(place, property.type()).isEmpty())
                .findFirst();
    }

    /** How well the names fit; 0 if they do not. */
    static int score(String property, Place place) {
        String name = place.sayingName();
        String wanted = plain(property);
        String own = plain(name);
        if (name.equals(property)) {
            return SAME;
        }
        if (name.equalsIgnoreCase(property)) {
            return SAME_BUT_CASE;
        }
        if (wanted.isEmpty() || own.isEmpty()) {
            return 0;
        }
        if (wanted.equals(own)) {
            return SAME_BUT_SEPARATORS;
        }
        String path = plain(place.inner() == null ? place.selector() : place.selector() + place.inner());
        if (wanted.length() > own.length() && path.endsWith(wanted)) {
            return END_OF_PATH;
        }
        return ofParts(property, name);
    }

    /** {@code temp} for {@code temperature}, {@code bat_v} for {@code batteryVoltage}, {@code water_SOIL} for {@code water}. */
    private static int ofParts(String property, String name) {
        String wanted = plain(property);
        String own = plain(name);
        String shorter = own.length() < wanted.length() ? own : wanted;
        String longer = own.length() < wanted.length() ? wanted : own;
        List<String> wantedParts = parts(property);
        List<String> ownParts = parts(name);
        if (shorter.length() >= SHORTEST && longer.startsWith(shorter) && wantedParts.size() == ownParts.size()) {
            return BEGINNING;
        }
        if (wantedParts.size() > 1 && abbreviates(ownParts, wantedParts)) {
            return SHORTENED;
        }
        boolean part = wantedParts.stream().anyMatch(one -> one.length() >= SHORTEST && beginsOne(one, ownParts))
                && (wantedParts.size() == 1 || ownParts.size() == 1);
        return part ? PART : 0;
    }

    private static boolean abbreviates(List<String> shorts, List<String> longs) {
        if (shorts.size() != longs.size()) {
            return false;
        }
        for (int i = 0; i < shorts.size(); i++) {
            if (!longs.get(i).startsWith(shorts.get(i)) && !shorts.get(i).startsWith(longs.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean beginsOne(String one, List<String> others) {
        return others.stream()
                .anyMatch(other -> other.equals(one)
                        || (other.length() >= SHORTEST && one.startsWith(other))
                        || other.startsWith(one));
    }

    private static String plain(String name) {
        return name.replaceAll("[^\\p{L}\\p{N}]", "").toLowerCase(Locale.ROOT);
    }

    /** {@code batteryVoltage}, {@code battery_voltage} and {@code Battery-Voltage} have the same. */
    static List<String> parts(String name) {
        List<String> parts = new ArrayList<>();
        for (String part :
                name.split("[^\\p{L}\\p{N}]+|(?<=[\\p{Ll}\\p{N}])(?=\\p{Lu})|(?<=\\p{Lu})(?=\\p{Lu}\\p{Ll})", -1)) {
            if (!part.isEmpty()) {
                parts.add(part.toLowerCase(Locale.ROOT));
            }
        }
        return parts;
    }

    /** What makes the values those of the model's type; empty where nothing plain does. */
    private static Optional<String> steps(Place place, DataType type) {
        String own = place.type();
        if (own == null) {
            return Optional.empty();
        }
        boolean whole = own.equals("int");
        boolean number = whole || own.equals("long") || own.equals("decimal");
        return switch (type) {
            case INT -> when(whole, "type: int");
            case LONG -> when(whole || own.equals("long"), "type: long");
            case DECIMAL -> when(number, "type: decimal");
            case BOOLEAN ->
                own.equals("boolean") || (whole && Set.of("0", "1").containsAll(place.distinct()))
                        ? Optional.of("type: boolean")
                        : map(place);
            case STRING -> when(!own.equals("string list"), "type: string");
            case ENUM -> when(own.equals("string"), "type: enum");
            case DATE_TIME -> when(own.equals("string"), "type: DateTime");
            case STRING_LIST -> when(own.equals("string list"), "type: string list");
            case JSON_OBJECT -> Optional.empty();
        };
    }

    private static Optional<String> when(boolean fits, String steps) {
        return fits ? Optional.of(steps) : Optional.empty();
    }

    /** Two words of which one means yes. */
    private static Optional<String> map(Place place) {
        Set<String> lower = new HashSet<>();
        place.distinct().forEach(word -> lower.add(word.toLowerCase(Locale.ROOT)));
        return SWITCHES.entrySet().stream()
                .filter(pair -> !lower.isEmpty()
                        && Set.of(pair.getKey(), pair.getValue()).containsAll(lower))
                .findFirst()
                .map(pair -> "map: { "
                        + String.join(
                                ", ",
                                place.distinct().stream()
                                        .map(word -> YamlText.quotedAlways(word) + ": "
                                                + word.equalsIgnoreCase(pair.getKey()))
                                        .toList())
                        + " }");
    }
}
