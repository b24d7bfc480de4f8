package io.iotdarelay.commands;

import io.iotdarelay.telemetry.DeviceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Looks for the device's ID: by the directory first, then by the names of places and the form of what is there. */
final class DeviceCandidates {

    private static final int LONGEST_TEXT = 64;
    private static final int MOST_SIGNS = 6;
    private static final int MOST_SEGMENTS = 12;
    private static final int MANY = 10;
    private static final String KEY = "key";
    private static final String KEY_BYTES = "key-bytes";

    private static final Pattern DEVICE = Pattern.compile(
            "(?i)(device|dev|thing|equipment|asset|meter|sensor|node|station|client)[_ -]?(id|name|eui|sn|code|no|number)?"
                    + "|id|ident|uid|sn|imei|vin|serial(_?number)?|mac|deveui");
    private static final Pattern DEVICE_PART = Pattern.compile(
            "(?i).*(dev|meter|sensor|node|station|gateway|client|host|entity|source|imei|serial|mac).*");
    private static final Pattern OF_MESSAGE = Pattern.compile(
            "(?i).*(dedup|correlation|trace|request|message|msg|event|batch|session|transaction|seq|profile|application|tenant).*");
    private static final Pattern ABOUT_DATA = Pattern.compile(".*/(schema|context|params|metadata)/.*");
    private static final Pattern BEFORE_DEVICE = Pattern.compile(
            "(?i)(devices?|dev|things?|nodes?|sensors?|meters?|clients?|tele|zigbee2mqtt|shellies|assets?)");

    private final KnownDevices devices;

    DeviceCandidates(KnownDevices devices) {
        this.devices = devices;
    }

    /** The likeliest first. Only places that each of so many trees has can hold it. */
    List<DeviceCandidate> in(List<Place> places, int trees) {
        List<DeviceCandidate> found = new ArrayList<>();
        places.stream()
                .filter(place -> place.isScalar() && place.values() == trees)
                .filter(place -> !place.isTruth() && !place.isFractional() && place.type() != null)
                .forEach(place -> {
                    whole(place, trees).ifPresent(found::add);
                    found.addAll(segments(place, '/'));
                    found.addAll(segments(place, '.'));
                });
        return sorted(found);
    }

    /** In names of values such as {@code Line2.Mixer.Speed}: all but the last segment may name a device. */
    List<DeviceCandidate> inNames(Place names) {
        List<DeviceCandidate> found = new ArrayList<>();
        separator(names).ifPresent(separator -> {
            String rest = "[^" + separator + "]";
            add(found, names, "^(.+)[" + separator + "]" + rest + "+$", ", sanitize: _", 5);
            add(
                    found,
                    names,
                    "(" + rest + "+)[" + separator + "]" + rest + "+$",
                    ", sanitize: _",
                    isUrn(names) ? 6 : 4);
        });
        return sorted(found);
    }

    /** What stands between the parts of all these texts. */
    static Optional<Character> separator(Place names) {
        for (char separator : new char[] {'/', ':', '.', '|'}) {
            if (!names.distinct().isEmpty()
                    && names.distinct().stream().allMatch(name -> {
                        int last = name.lastIndexOf(separator);
                        return last > 0 && last < name.length() - 1;
                    })) {
                return Optional.of(separator);
            }
        }
        return Optional.empty();
    }

    private static boolean isUrn(Place names) {
        return names.distinct().stream()
                .allMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("urn:"));
    }

    private void add(List<DeviceCandidate> found, Place names, String pattern, String last, double score) {
        Pattern compiled = Pattern.compile(pattern);
        Set<String> ids = new LinkedHashSet<>();
        for (String name : names.distinct()) {
            var matcher = compiled.matcher(name);
            if (!matcher.find()) {
                return;
            }
            ids.add(last.isEmpty() ? matcher.group(1) : matcher.group(1).replaceAll("[^A-Za-z0-9_-]", "_"));
        }
        if (ids.stream().allMatch(DeviceId::isValid)) {
            int known = devices.among(ids);
            String rule = "{ from: " + YamlText.selector(names.selector()) + ", pattern: "
                    + YamlText.quotedAlways(pattern) + last + " }";
            found.add(new DeviceCandidate(
                    names, rule, names.selector() + " by " + pattern, ids, score + share(known, ids), known));
        }
    }

    private static List<DeviceCandidate> sorted(List<DeviceCandidate> found) {
        return found.stream()
                .sorted(Comparator.comparingDouble(DeviceCandidate::score).reversed())
                .toList();
    }

    private static double share(int known, Set<String> ids) {
        return 100.0 * known / Math.max(1, ids.size());
    }

    private Optional<DeviceCandidate> whole(Place place, int trees) {
        Set<String> ids = new LinkedHashSet<>();
        place.distinct().forEach(value -> ids.add(Place.id(value)));
        String rule = rule(place);
        if (rule.isEmpty()) {
            return Optional.empty();
        }
        int known = devices.among(ids);
        String shown = place.selector() + (place.inner() == null ? "" : " with json: " + place.inner());
        Optional<String> prefix =
                known > 0 || place.inner() != null || !place.holdsIds() ? Optional.empty() : devices.prefixOf(ids);
        if (prefix.isPresent() && !place.selector().contains("[")) {
            String template = prefix.get() + "{" + place.selector() + "}";
            Set<String> longer = new LinkedHashSet<>();
            ids.forEach(id -> longer.add(prefix.get() + id));
            known = devices.among(longer);
            return Optional.of(new DeviceCandidate(
                    place,
                    YamlText.quotedAlways(template),
                    template,
                    longer,
                    score(place, trees) + share(known, longer),
                    known));
        }
        return Optional.of(
                new DeviceCandidate(place, rule, shown, ids, score(place, trees) + share(known, ids), known));
    }

    private static double score(Place place, int trees) {
        boolean key = place.selector().equals(KEY) || place.selector().equals(KEY_BYTES);
        String name = place.name();
        double score = key
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
        score -= trees >= MANY && place.distinct().size() == trees ? 3 : 0;
        return score - 0.1 * place.selector().chars().filter(c -> c == '/').count();
    }

    /** A part of a path, such as an MQTT topic in the key. */
    private List<DeviceCandidate> segments(Place place, char separator) {
        List<DeviceCandidate> found = new ArrayList<>();
        if (place.inner() != null || place.type() == null || !place.type().equals("string") || place.isTime()) {
            return found;
        }
        List<String[]> paths = place.distinct().stream()
                .map(text -> text.split(Pattern.quote(String.valueOf(separator)), -1))
                .toList();
        int segments = paths.isEmpty() ? 0 : paths.getFirst().length;
        if (segments < 2 || segments > MOST_SEGMENTS || paths.stream().anyMatch(path -> path.length != segments)) {
            return found;
        }
        String other = "[^" + separator + "]";
        for (int i = 0; i < segments; i++) {
            int at = i;
            boolean varies = paths.stream().map(path -> path[at]).distinct().count() > 1;
            boolean announced = i > 0
                    && paths.stream()
                            .allMatch(
                                    path -> BEFORE_DEVICE.matcher(path[at - 1]).matches());
            boolean sparkplug = i == 4 && paths.stream().allMatch(path -> path[0].startsWith("spBv"));
            double score = (announced || sparkplug ? 8 : 0) + (varies ? 2 : 0) - 1;
            String before = i == 0 ? "" : "(?:" + other + "*[" + separator + "]){" + i + "}";
            add(found, place, "^" + before + "(" + other + "+)", "", score);
        }
        return found;
    }

    /** Nothing where the place cannot give an ID. What IDs cannot hold is replaced. */
    private static String rule(Place place) {
        String from = "{ from: " + YamlText.selector(place.selector())
                + (place.inner() == null ? "" : ", json: " + YamlText.selector(place.inner()));
        if (place.selector().equals(KEY_BYTES)) {
            return "{ from: key-bytes, as: int" + 8 * place.longest() + " }";
        }
        if (place.holdsIds()) {
            return place.inner() == null ? YamlText.selector(place.selector()) : from + " }";
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
                .map(sign -> YamlText.quotedAlways(sign.getKey()) + ": " + YamlText.quotedAlways(sign.getValue()))
                .toList();
        return from + ", replace: { " + String.join(", ", replaced) + " } }";
    }
}
