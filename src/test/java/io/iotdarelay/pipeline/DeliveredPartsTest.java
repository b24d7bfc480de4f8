package io.iotdarelay.pipeline;

import static io.iotdarelay.testing.TestTelemetry.header;
import static io.iotdarelay.testing.TestTelemetry.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.mapping.Part;
import io.iotdarelay.testing.Seeds;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveredPartsTest {

    private static final String HEADER = "iotda-relay-delivered-parts";

    @Test
    void knowsNothingOfARecordThatComesForTheFirstTime() {
        DeliveredParts parts = DeliveredParts.of(record(1, "k", "{}", header("other", "r 0")));

        assertThat(parts.isEmpty()).isTrue();
        assertThat(parts.contains(part("r", "", 0))).isFalse();
    }

    @Test
    void joinsNumbersToRanges() {
        DeliveredParts parts = of("meters(/readings)/20 0-1,19; alarms 0");
        parts.add(part("meters", "/readings", 2));
        parts.add(part("meters", "[/a;b] ./100%", 7));

        assertThat(parts).hasToString("meters(/readings)/20 0-2,19; alarms 0; meters([/a%3Bb]%20./100%25)/20 7");
        assertThat(of(parts.toString())).hasToString(parts.toString());
    }

    @Test
    void tellsPartsOfOtherRoutesAndArraysApart() {
        DeliveredParts parts = of("r(/a)/20 1-3");

        assertThat(parts.contains(part("r", "/a", 2))).isTrue();
        assertThat(parts.contains(part("r", "/a", 4))).isFalse();
        assertThat(parts.contains(part("r", "/b", 2))).isFalse();
        assertThat(parts.contains(part("s", "/a", 2))).isFalse();
        assertThat(parts.contains(part("r", "", 2))).isFalse();
        assertThat(parts.contains(new Part.Id("r", "/a", 21, 2, ""))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "r",
                "r 1,",
                "r 3-1",
                "r -1",
                "r 0-100000",
                "r 0-99999999999",
                "r 1;",
                "r 1;s 2",
                "r 1 2",
                "r x"
            })
    void sendsTwiceWhatItCannotRead(String list) {
        assertThat(of(list).isEmpty()).isTrue();
    }

    @Test
    void readsWhatItWrites() {
        Seeds.each(200, random -> {
            Set<Integer> ordinals = new HashSet<>();
            DeliveredParts parts = new DeliveredParts();
            for (int i = random.nextInt(50); i >= 0; i--) {
                int ordinal = random.nextInt(60);
                ordinals.add(ordinal);
                parts.add(part("r", "/a", ordinal));
            }
            DeliveredParts read = of(parts.toString());
            for (int i = 0; i < 61; i++) {
                assertThat(read.contains(part("r", "/a", i))).isEqualTo(ordinals.contains(i));
            }
        });
    }

    private static DeliveredParts of(String list) {
        return DeliveredParts.of(record(1, "k", "{}", header(HEADER, "r(/a) 0"), header(HEADER, list)));
    }

    private static Part.Id part(String route, String each, int ordinal) {
        return new Part.Id(route, each, 20, ordinal, "");
    }
}
