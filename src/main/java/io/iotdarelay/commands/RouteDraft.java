package io.iotdarelay.commands;

import io.iotdarelay.decode.Compression;
import io.iotdarelay.decode.Format;
import io.iotdarelay.devices.DirectoryFile;
import io.iotdarelay.telemetry.DeviceId;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Writes a first route from what stands in records: YAML, with comments that say why. */
final class RouteDraft {

    private static final int MOST_PROPERTIES = 100;
    private static final int MOST_CANDIDATES = 5;
    private static final int LONGEST_TEXT = 64;
    private static final int MOST_SIGNS = 6;
    private static final int MANY = 10;

    private static final Pattern DEVICE = Pattern.compile(
            "(?i)(device|dev|thing|equipment|asset|meter|sensor|node|station|client)[_ -]?(id|name|eui|sn|code|no|number)?"
                    + "|id|ident|uid|sn|imei|vin|serial(_?number)?|mac|deveui");
    private static final Pattern DEVICE_PART = Pattern.compile(
            "(?i).*(dev|meter|sensor|node|station|gateway|client|host|entity|source|imei|serial|mac).*");
    private static final Pattern OF_MESSAGE = Pattern.compile(
            "(?i).*(dedup|correlation|trace|request|message|msg|event|batch|session|transaction|seq|profile|application|tenant).*");
    private static final Pattern ABOUT_DATA = Pattern.compile(".*/(schema|context|params|metadata)/.*");
    private static final Pattern TIME = Pattern.compile(
            "(?i)(.*[_-])?(ts|time|timestamp|date|datetime|at|when|utc)|.*(time|timestamp|date|_at|At|Ts)(_?ms)?");
    private static final Pattern UNSAYING = Pattern.compile("(?i)value|val|v|values|\\d+");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");
    private static final Pattern PLAIN_SELECTOR = Pattern.compile("(/[A-Za-z0-9_.-]+)+|[a-z]+(:[A-Za-z0-9_./-]+)?");
    private static final Pattern FORBIDDEN = Pattern.compile("[^A-Za-z0-9_\\-\u4e00-\u9fa5]");
    private static final Set<String> YAML_WORDS = Set.of("on", "off", "yes", "no", "true", "false", "null", "y", "n");

    private final Observation seen;
    private final int records;
    private final String topic;
    private final Optional<DirectoryFile> directory;
    private final StringBuilder page = new StringBuilder();

    RouteDraft(Observation seen, String topic, Optional<DirectoryFile> directory) {
        this.seen = seen;
        this.records = seen.decoded().size();
        this.topic = topic;
        this.directory = directory;
    }

    /** A place that may hold the device's ID, and how likely that is. */
    private record Candidate(Place place, double score, int known) {}

    /** The route as an element of {@code relay.routes}, or nothing where no record can be read. */
    Optional<String> yaml() {
        List<Candidate> devices = devices();
        if (records == 0 || devices.isEmpty()) {
            return Optional.empty();
        }
        Place device = devices.getFirst().place();
        boolean children = isOfChildren(device);
        List<Place> values =
                seen.inValue().stream().filter(place -> !place.equals(device)).toList();
        List<Place> times = times(values);
        List<Place> properties = values.stream()
                .filter(place -> !times.contains(place) && place.type() != null)
                .toList();
        boolean message = properties.isEmpty() && !seen.isOwnForm();
        line(0, "- name: " + routeName());
        line(2, "topics: [" + quoted(topic) + "]");
        if (seen.encoding().format() != Format.JSON) {
            line(2, "format: " + word(seen.encoding().format()));
        }
        if (seen.encoding().compression() != Compression.NONE) {
            line(2, "compression: " + word(seen.encoding().compression()));
        }
        line(2, "to: " + (message ? "message" : children ? "gateway" : "properties"));
        devices.stream().limit(MOST_CANDIDATES).forEach(candidate -> line(2, "# " + describe(candidate)));
        line(2, "device-id: " + deviceRule(device));
        if (children) {
            line(2, "# The directory names the gateway of each child.");
        }
        if (seen.isOwnForm()) {
            line(2, "# The values are in IoTDA's own form: they are passed on.");
        } else if (!message) {
            service(times, properties);
        }
        return Optional.of(page.toString());
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void service(List<Place> times, List<Place> properties) {
        seen.arrays().stream()
                .sorted()
                .forEach(path -> line(
                        2,
                        "# " + (path.isEmpty() ? "The value" : path)
                                + " is an array: below are its first elements only, each with its number."));
        line(2, "services:");
        line(4, "- id: " + quoted(serviceId()) + "   # the service_id of your product model");
        if (times.isEmpty()) {
            line(6, "# No time was found: the record's timestamp counts.");
        } else {
            Place best = times.getFirst();
            times.stream().skip(1).forEach(other -> line(6, "# also a time: " + other.selector()));
            boolean always = best.values() == records && best.isAlwaysTime();
            String from = always ? selector(best.selector()) : "[" + selector(best.selector()) + ", timestamp]";
            String inner = best.inner() == null ? "" : ", json: " + selector(best.inner());
            line(
                    6,
                    "event-time: " + (always && inner.isEmpty() ? from : "{ from: " + from + inner + " }")
                            + (always ? "" : "   # the record's timestamp where there is none"));
        }
        line(6, "properties:");
        Set<String> names = new HashSet<>();
        int written = 0;
        boolean any = false;
        for (Place place : properties) {
            boolean doubtful =
                    ++written > MOST_PROPERTIES || (place.longest() > LONGEST_TEXT && "string".equals(place.type()));
            property(place, name(place, names), doubtful);
            any |= !doubtful;
        }
        if (!any) {
            property(properties.getFirst(), name(properties.getFirst(), new HashSet<>()), false);
        }
    }

    private void property(Place place, String name, boolean doubtful) {
        StringBuilder rule = new StringBuilder("from: ").append(selector(place.selector()));
        if (place.inner() != null) {
            rule.append(", json: ").append(selector(place.inner()));
        }
        rule.append(", type: ").append(place.type());
        String comment = "";
        if (place.values() < records) {
            rule.append(", optional: true");
            comment = "   # in " + place.values() + " of " + records;
        } else if (place.distinct().size() == 1 && records >= MANY) {
            comment = "   # always the same";
        }
        line(8, (doubtful ? "# " : "") + quoted(name) + ": { " + rule + " }" + comment);
    }

    private List<Candidate> devices() {
        return Stream.concat(seen.beside().stream(), seen.inValue().stream())
                .filter(place -> place.isScalar() && place.values() == records)
                .filter(place -> !place.isTruth() && !place.isFractional())
                .filter(place -> place.type() != null && !deviceRule(place).isEmpty())
                .map(this::candidate)
                .sorted(Comparator.comparingDouble(Candidate::score).reversed())
                .toList();
    }

    private Candidate candidate(Place place) {
        int known = directory.isEmpty()
                ? 0
                : (int) place.distinct().stream()
                        .map(Place::id)
                        .filter(DeviceId::isValid)
                        .filter(id -> directory.get().find(new DeviceId(id)).isPresent())
                        .count();
        double score = 100.0 * known / Math.max(1, place.distinct().size());
        boolean key = place.selector().equals("key") || place.selector().equals("key-bytes");
        String name = place.name();
        score += key
                ? 6
                : DEVICE.matcher(name).matches()
                        ? 10
                        : DEVICE_PART.matcher(place.selector()).matches() ? 4 : 0;
        score -= OF_MESSAGE.matcher(name).matches() ? 9 : 0;
        score -= place.isTime() ? 8 : 0;
        score -= place.holdsIds() ? 0 : 3;
        score -= place.longest() < 3 && !key ? 9 : 0;
        score -= ABOUT_DATA.matcher(place.selector()).matches() ? 6 : 0;
        score -= place.longest() > LONGEST_TEXT ? 4 : 0;
        score -= records >= MANY && place.distinct().size() == records ? 3 : 0;
        score -= 0.1 * place.selector().chars().filter(c -> c == '/').count();
        return new Candidate(place, score, known);
    }

    private String describe(Candidate candidate) {
        Place place = candidate.place();
        int distinct = place.distinct().size();
        return "device ID? " + place.selector() + (place.inner() == null ? "" : " with json: " + place.inner()) + ": "
                + distinct
                + (distinct == 1 ? " value" : " different values")
                + (directory.isEmpty() ? "" : ", " + candidate.known() + " of them in the directory");
    }

    /** Nothing where the place cannot give an ID. What IDs cannot hold is replaced. */
    private static String deviceRule(Place place) {
        String from = "{ from: " + selector(place.selector())
                + (place.inner() == null ? "" : ", json: " + selector(place.inner()));
        if (place.selector().equals("key-bytes")) {
            return "{ from: key-bytes, as: int" + 8 * place.longest() + " }";
        }
        if (place.holdsIds()) {
            return place.inner() == null ? selector(place.selector()) : from + " }";
        }
        Map<String, String> signs = new LinkedHashMap<>();
        for (String value : place.distinct()) {
            String id = Place.id(value);
            id.codePoints()
                    .mapToObj(Character::toString)
                    .filter(sign -> !DeviceId.isValid(sign))
                    .forEach(sign -> signs.put(sign, "_"));
            if (id.isEmpty() || id.length() > DeviceId.MAX_LENGTH || signs.size() > MOST_SIGNS) {
                return "";
            }
        }
        List<String> replaced = signs.entrySet().stream()
                .map(sign -> quotedAlways(sign.getKey()) + ": " + quotedAlways(sign.getValue()))
                .toList();
        return from + ", replace: { " + String.join(", ", replaced) + " } }";
    }

    private boolean isOfChildren(Place device) {
        if (directory.isEmpty()) {
            return false;
        }
        long children = device.distinct().stream()
                .map(Place::id)
                .filter(DeviceId::isValid)
                .flatMap(id -> directory.get().find(new DeviceId(id)).stream())
                .filter(entry -> entry.secret() == null && entry.gateway() != null)
                .count();
        return children * 2 > device.distinct().size();
    }

    /** The likeliest first. */
    private static List<Place> times(List<Place> places) {
        return places.stream()
                .filter(place -> place.isScalar() && place.isTime())
                .filter(place -> TIME.matcher(place.name()).matches()
                        || ("string".equals(place.type()) && !place.isNumericText())
                        || (place.isNear() && !place.isFractional()))
                .sorted(Comparator.comparingInt(
                                (Place place) -> TIME.matcher(place.name()).matches() ? 0 : 1)
                        .thenComparingInt(place -> place.isNear() ? 0 : 1)
                        .thenComparingInt(place -> -place.values())
                        .thenComparingLong(place ->
                                place.selector().chars().filter(c -> c == '/').count()))
                .toList();
    }

    private String name(Place place, Set<String> taken) {
        String path = place.inner() == null ? place.selector() : place.inner();
        List<String> parts = new ArrayList<>();
        for (String part : path.split("/", -1)) {
            String readable = part.startsWith("[") && part.contains("=")
                    ? part.substring(part.indexOf('=') + 1, part.length() - 1)
                    : part;
            parts.add(Pointers.unescaped(readable));
        }
        int from = parts.size() - 1;
        boolean says = !UNSAYING.matcher(parts.getLast()).matches();
        from -= says || from == 0 || parts.get(from - 1).isEmpty() ? 0 : 1;
        String name = possible(String.join("_", parts.subList(from, parts.size())));
        while (taken.contains(name) && from > 0) {
            from--;
            name = possible(String.join("_", parts.subList(from, parts.size())));
        }
        String unique = name;
        for (int i = 2; !taken.add(unique); i++) {
            unique = name.substring(0, Math.min(name.length(), LONGEST_TEXT - 4)) + "_" + i;
        }
        return unique;
    }

    /** A name that a property of IoTDA can have, and that does not break the device's shadow. */
    static String possible(String name) {
        String plain = Normalizer.normalize(name.strip(), Normalizer.Form.NFD).replaceAll("\\p{Mn}", "");
        String possible = FORBIDDEN.matcher(plain).replaceAll("_").replaceAll("^_+(?=.)|(?<=.)_+$", "");
        String some = possible.isEmpty() ? "value" : possible;
        String safe = Set.of("true", "false").contains(some) ? some + "_" : some;
        return safe.substring(0, Math.min(safe.length(), LONGEST_TEXT));
    }

    private String routeName() {
        String name = topic.replaceAll("[^A-Za-z0-9._-]", "-");
        String last = name.substring(name.lastIndexOf('.') + 1);
        return quoted(last.isEmpty() ? "route" : last.substring(0, Math.min(last.length(), LONGEST_TEXT)));
    }

    private String serviceId() {
        String name = possible(topic.substring(topic.lastIndexOf('.') + 1));
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    private static String selector(String selector) {
        return PLAIN_SELECTOR.matcher(selector).matches() ? selector : quotedAlways(selector);
    }

    private static String quoted(String text) {
        return PLAIN.matcher(text).matches() && !YAML_WORDS.contains(text.toLowerCase(Locale.ROOT))
                ? text
                : quotedAlways(text);
    }

    /** JSON's quotes are YAML's, too. */
    private static String quotedAlways(String text) {
        return Shown.PRETTY.writeValueAsString(text);
    }

    private void line(int indent, String text) {
        page.append(" ".repeat(indent)).append(text).append('\n');
    }
}
