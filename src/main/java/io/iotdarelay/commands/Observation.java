package io.iotdarelay.commands;

import io.iotdarelay.decode.Utf8;
import io.iotdarelay.telemetry.RecordHeader;
import io.iotdarelay.telemetry.SourceRecord;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/** What stands where in records of one kind. */
final class Observation {

    private final List<Sample> samples;
    private final DeviceCandidates devices;
    private final Places beside = new Places("", Set.of());
    private final boolean amqp;
    private final Optional<Repetition> repetition;
    private final Optional<Places> elements;
    private final Places outside;

    Observation(List<Sample> samples, KnownDevices known) {
        this.samples = samples;
        this.devices = new DeviceCandidates(known);
        this.amqp = samples.stream().map(Sample::record).anyMatch(AmqpHeaders::areIn);
        samples.forEach(sample -> beside(sample.record()));
        this.repetition = samples.isEmpty() || isOwnForm() ? Optional.empty() : repetition(Repetition.in(samples));
        this.elements = repetition.map(Repetition::places);
        this.outside = outside(repetition.map(Repetition::path));
    }

    private Places outside(Optional<String> excluded) {
        Places places = new Places("", excluded.map(Set::of).orElse(Set.of()));
        samples.forEach(sample -> places.add(sample.record(), sample.tree()));
        return places;
    }

    private void beside(SourceRecord record) {
        key(record);
        for (RecordHeader header : record.headers()) {
            AmqpHeaders.read(header.value(), amqp)
                    .ifPresent(node -> beside.add(record, "header:" + header.name(), node));
        }
    }

    private void key(SourceRecord record) {
        byte[] bytes = record.key();
        if (bytes != null && (bytes.length == Integer.BYTES || bytes.length == Long.BYTES) && isBinary(bytes)) {
            // Its length says which kind of integer it is.
            beside.add(record, "key-bytes", StringNode.valueOf("0".repeat(bytes.length)));
            return;
        }
        text(bytes).ifPresent(key -> {
            beside.add(record, "key", StringNode.valueOf(key));
            Places.json(key)
                    .ifPresent(json -> json.forEachEntry((name, member) -> {
                        if (member.isValueNode()) {
                            beside.add(record, "key:/" + Pointers.escaped(name), member);
                        }
                    }));
        });
    }

    private static boolean isBinary(byte[] bytes) {
        for (byte each : bytes) {
            if (each >= 0 && each < ' ') {
                return true;
            }
        }
        return false;
    }

    private static Optional<String> text(byte @Nullable [] bytes) {
        return bytes == null ? Optional.empty() : Optional.ofNullable(Utf8.strict(bytes));
    }

    /** The array whose elements are to be taken one by one, if there is one. */
    private Optional<Repetition> repetition(List<Repetition> found) {
        Optional<Repetition> whole = found.stream()
                .filter(Repetition::isWhole)
                .filter(this::takesElements)
                .findFirst();
        return whole.isPresent()
                ? whole
                : found.stream()
                        .filter(each -> !each.isWhole() && takesElements(each))
                        .max(Comparator.comparingInt(each -> each.elements().size()));
    }

    private boolean takesElements(Repetition found) {
        Places within = found.places();
        Places around = outside(Optional.of(found.path()));
        List<Place> times = Times.in(within.all());
        double outer =
                best(Stream.concat(beside.all().stream(), around.all().stream()).toList(), samples.size());
        double inner = best(within.all(), within.trees());
        if (found.pairs().isPresent() && !isDevice(found.pairs().get(), within)) {
            // A list of names and values is looked up by name, unless its elements have devices or times of their own.
            return outer < 0 || (found.isWhole() && !times.isEmpty());
        }
        if (found.isWhole()) {
            return true;
        }
        boolean timed = !times.isEmpty()
                && (found.isCalledReadings() || Times.in(around.all()).isEmpty());
        return timed || (inner > outer && found.isCalledReadings()) || (inner > 0 && outer < 0);
    }

    /** The score of a place that credibly holds the device; below 0 without one. */
    private double best(List<Place> places, int trees) {
        return devices.in(places, trees).stream()
                .filter(DeviceCandidate::isCredible)
                .mapToDouble(DeviceCandidate::score)
                .max()
                .orElse(-1);
    }

    /** Whether what names the pairs is rather a device. */
    private boolean isDevice(Repetition.Pairs pairs, Places within) {
        return within.all().stream()
                .filter(place -> place.selector().equals("./" + Pointers.escaped(pairs.name())))
                .anyMatch(place -> devices.in(List.of(place), within.trees()).stream()
                        .anyMatch(candidate -> candidate.rule().equals(place.selector()) && candidate.isCredible()));
    }

    /** The records. */
    List<Sample> samples() {
        return samples;
    }

    /** The array whose elements are taken one by one. */
    Optional<Repetition> repeated() {
        return repetition;
    }

    /** Names and values, where elements are such. */
    Optional<Repetition.Pairs> pairs() {
        return repetition.flatMap(Repetition::pairs).filter(pairs -> !isDevice(pairs, elements.orElseThrow()));
    }

    /** Places in elements. */
    Optional<Places> elements() {
        return elements;
    }

    /** Whether headers are values of AMQP. */
    boolean hasHeadersOfAmqp() {
        return amqp;
    }

    /** Places in the keys and headers. */
    List<Place> beside() {
        return beside.all();
    }

    /** Places in the values, without those in elements. */
    Places outside() {
        return outside;
    }

    /** Candidates in elements, the likeliest first. */
    List<DeviceCandidate> devicesOfElements() {
        if (elements.isEmpty()) {
            return List.of();
        }
        List<Place> places = elements.get().all();
        Optional<String> name = pairs().map(pairs -> "./" + Pointers.escaped(pairs.name()));
        List<DeviceCandidate> plain = devices.in(
                places.stream()
                        .filter(place -> name.isEmpty() || !place.selector().equals(name.get()))
                        .toList(),
                elements.get().trees());
        return Stream.concat(
                        plain.stream().filter(DeviceCandidate::isCredible),
                        places.stream()
                                .filter(place ->
                                        name.isPresent() && place.selector().equals(name.get()))
                                .flatMap(place -> devices.inNames(place).stream()))
                .sorted(Comparator.comparingDouble(DeviceCandidate::score).reversed())
                .toList();
    }

    /** The same, where nothing speaks for any of them. */
    List<DeviceCandidate> doubtfulDevicesOfElements() {
        return elements.map(places -> devices.in(places.all(), places.trees())).orElse(List.of());
    }

    /** Candidates in the record, the likeliest first. */
    List<DeviceCandidate> devicesOfRecords() {
        return devices.in(
                Stream.concat(beside.all().stream(), outside.all().stream()).toList(), samples.size());
    }

    /** Whether the values are in IoTDA's own form. */
    boolean isOwnForm() {
        return !samples.isEmpty() && samples.stream().allMatch(sample -> isOwnForm(sample.tree()));
    }

    /** Whether the elements are, as a gateway reports its children. */
    boolean isOwnFormOfElements() {
        return repetition.isPresent()
                && repetition.get().elements().stream().allMatch(element -> isOwnForm(element.tree()));
    }

    private static boolean isOwnForm(JsonNode tree) {
        JsonNode services = tree.path("services");
        return services.isArray()
                && !services.isEmpty()
                && services.valueStream()
                        .allMatch(service -> service.path("service_id").isString()
                                && service.path("properties").isObject());
    }
}
