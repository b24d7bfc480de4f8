package io.iotdarelay.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.model.DataType;
import io.iotdarelay.model.ModelOutline;
import io.iotdarelay.telemetry.RecordPosition;
import io.iotdarelay.telemetry.SourceRecord;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class ModelMatchTest {

    private static final SourceRecord RECORD =
            new SourceRecord(new RecordPosition("t", 0, 0), Instant.EPOCH, null, null, List.of());

    private static Place place(String selector, String... values) {
        Place place = new Place(selector, null);
        Arrays.stream(values)
                .forEach(value -> place.add(RECORD, JsonMapper.shared().readTree(value)));
        return place;
    }

    private static ModelOutline.Property property(String name, DataType type) {
        return new ModelOutline.Property(name, type, false, name + " " + type);
    }

    private static ModelOutline model(ModelOutline.Property... properties) {
        return new ModelOutline(Optional.empty(), List.of(new ModelOutline.Service("S", List.of(properties))));
    }

    private static List<String> found(ModelMatch match) {
        return match.services().stream()
                .flatMap(service -> match.of(service).stream())
                .map(one -> one.property().name() + " " + one.place().selector() + " " + one.steps())
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "temperature, /a/temperature, 100",
        "temperature, /Temperature, 95",
        "batteryVoltage, /battery_voltage, 90",
        "outdoorTemp, /outdoor/temp, 80",
        "temperature, /temp, 60",
        "temp, /temperature, 60",
        "batteryVoltage, /bat_v, 50",
        "water, /water_SOIL, 40",
        "speed, '/values/[id=speed]/value', 100",
        "humidity, /temp, 0",
        "on, /once, 0",
        "temperature, /---, 0"
    })
    void comparesNames(String property, String selector, int score) {
        assertThat(ModelMatch.score(property, place(selector, "1"))).isEqualTo(score);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INT | 1 2 | type: int",
                "INT | 1 2.5 |",
                "INT | 3000000000 |",
                "LONG | 3000000000 | type: long",
                "DECIMAL | 1 | type: decimal",
                "DECIMAL | \"x\" |",
                "BOOLEAN | true | type: boolean",
                "BOOLEAN | 0 1 | type: boolean",
                "BOOLEAN | 0 2 |",
                "BOOLEAN | \"ON\" \"OFF\" | map: { \"ON\": true, \"OFF\": false }",
                "BOOLEAN | \"closed\" | map: { \"closed\": false }",
                "STRING | 1 | type: string",
                "STRING | [\"a\"] |",
                "ENUM | \"a\" | type: enum",
                "DATE_TIME | \"20260101T000000Z\" | type: DateTime",
                "STRING_LIST | [\"a\"] | type: string list",
                "JSON_OBJECT | \"a\" |",
                "STRING | true \"x\" |"
            })
    void comparesTypes(DataType type, String values, String steps) {
        ModelMatch match = new ModelMatch(model(property("p", type)), List.of(place("/p", values.split(" "))));

        assertThat(found(match)).isEqualTo(steps == null ? List.of() : List.of("p /p " + steps));
    }

    @Test
    void takesTheBestOfSeveralPlacesAndNamesTheOthers() {
        List<Place> places = Stream.of("/a/temp", "/b/temp", "/temperature", "/c/hum", "/d/hum")
                .map(selector -> place(selector, "1"))
                .toList();
        ModelOutline model = model(
                property("temperature", DataType.INT),
                property("humidity", DataType.INT),
                property("hum", DataType.INT),
                property("on", DataType.BOOLEAN));

        ModelMatch match = new ModelMatch(model, places);

        assertThat(found(match))
                .containsExactlyInAnyOrder(
                        "temperature /temperature type: int", "hum /c/hum type: int", "humidity /d/hum type: int");
        ModelOutline.Service service = match.services().getFirst();
        assertThat(match.of(service).stream()
                        .filter(one -> one.property().name().equals("hum"))
                        .flatMap(one -> one.others().stream())
                        .map(Place::selector))
                .containsExactly("/d/hum");
        assertThat(match.missing(service))
                .extracting(ModelOutline.Property::name)
                .containsExactly("on");
        assertThat(places.stream().filter(place -> !match.isUsed(place)).map(Place::selector))
                .containsExactly("/a/temp", "/b/temp");
    }

    @Test
    void saysWhichPlaceHasTheNameButAnotherType() {
        List<Place> places = List.of(place("/on", "\"maybe\""));
        ModelOutline.Property on = property("on", DataType.BOOLEAN);

        ModelMatch match = new ModelMatch(model(on), places);

        assertThat(match.services()).isEmpty();
        assertThat(match.others()).hasSize(1);
        assertThat(match.ofAnotherType(on, places)).contains(places.getFirst());
    }
}
