package io.iotdarelay.pipeline;

import static io.iotdarelay.testing.TestTelemetry.header;
import static io.iotdarelay.testing.TestTelemetry.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.mapping.Part;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.mapping.RouteYaml;
import io.iotdarelay.testing.Seeds;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveredPartsTest {

    private static final String HEADER = "iotda-relay-delivered-parts";

    private static final String MESSAGE = "to: message\ndevice-id: key\nwhen: { value: { is: object } }\n";
    private static final List<Route> ROUTES =
            RouteYaml.sharing(MESSAGE + "each: /a", MESSAGE, MESSAGE + "each: '/a;b 100%'");

    @Test
    void knowsNothingOfARecordThatComesForTheFirstTime() {
        DeliveredParts parts = DeliveredParts.of(record(1, "k", "{}", header("other", "r1 0")), ROUTES);

        assertThat(parts.isEmpty()).isTrue();
        assertThat(parts.contains(part("r1", "", 0))).isFalse();
    }

    @Test
    void joinsNumbersToRanges() {
        DeliveredParts parts = of("r0(/a)/20 0-1,19; r1 0");
        parts.add(part("r0", "/a", 2));
        parts.add(part("r2", "/a;b 100%", 7));

        assertThat(parts).hasToString("r0(/a)/20 0-2,19; r1 0; r2(/a%3Bb%20100%25)/20 7");
        assertThat(of(parts.toString())).hasToString(parts.toString());
    }

    @Test
    void tellsPartsOfOtherRoutesAndArraysApart() {
        DeliveredParts parts = of("r0(/a)/20 1-3");

        assertThat(parts.contains(part("r0", "/a", 2))).isTrue();
        assertThat(parts.contains(part("r0", "/a", 4))).isFalse();
        assertThat(parts.contains(part("r0", "/b", 2))).isFalse();
        assertThat(parts.contains(part("r1", "/a", 2))).isFalse();
        assertThat(parts.contains(part("r0", "", 2))).isFalse();
        assertThat(parts.contains(new Part.Id("r0", "/a", 21, 2, ""))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "r",
                "r1 1,",
                "r1 3-1",
                "r1 -1",
                "r1 0-10000",
                "r1 0-99999999999",
                "r1 1;",
                "r1 1;r0(/a) 2",
                "r1 1 2",
                "r1 x"
            })
    void sendsTwiceWhatItCannotRead(String list) {
        assertThat(of(list).isEmpty()).isTrue();
    }

    @Test
    void keepsOnlyWhatRoutesOfTheTopicHaveDelivered() {
        assertThat(of("r9 0-9999; r0(/b) 0; r1 3; r1(/a) 0")).hasToString("r1 3");
    }

    @Test
    void readsNoListThatItWouldNotHaveWritten() {
        String list = "r1 0" + ",2".repeat(2046);

        assertThat(of(list)).hasToString("r1 0,2");
        assertThat(of(list + ",2").isEmpty()).isTrue();
    }

    @Test
    void readsWhatItWrites() {
        Seeds.each(200, random -> {
            Set<Integer> ordinals = new HashSet<>();
            DeliveredParts parts = new DeliveredParts();
            for (int i = random.nextInt(50); i >= 0; i--) {
                int ordinal = random.nextInt(60);
                ordinals.add(ordinal);
                parts.add(part("r0", "/a", ordinal));
            }
            DeliveredParts read = of(parts.toString());
            for (int i = 0; i < 61; i++) {
                assertThat(read.contains(part("r0", "/a", i))).isEqualTo(ordinals.contains(i));
            }
        });
    }

    private static DeliveredParts of(String list) {
        return DeliveredParts.of(record(1, "k", "{}", header(HEADER, "r0(/a) 0"), header(HEADER, list)), ROUTES);
    }

    private static Part.Id part(String route, String each, int ordinal) {
        return new Part.Id(route, each, 20, ordinal, "");
    }
}
