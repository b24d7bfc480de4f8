package io.iotdarelay.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.iotdarelay.testing.Seeds;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ShareTableTest {

    private static final int MOST = 2048;
    private static final double PRECISE = 0.003;

    @Test
    void keepsThePartsToAFewThousandthsAndNeverMore() {
        Seeds.each(300, dice -> {
            Map<TopicPartition, Double> parts = new HashMap<>();
            int topics = dice.nextInt(1, 5);
            for (int topic = 0; topic < topics; topic++) {
                for (int i = dice.nextInt(1, 60); i > 0; i--) {
                    parts.put(new TopicPartition("topic-" + topic, dice.nextInt(80)), dice.nextDouble());
                }
            }
            double sum =
                    parts.values().stream().mapToDouble(Double::doubleValue).sum();
            parts.replaceAll((partition, part) -> part / sum);

            ShareTable table = ShareTable.of(dice.nextLong(1, 1_000_000), parts, MOST);

            parts.forEach((partition, part) -> assertThat(table.of(partition))
                    .isLessThanOrEqualTo(part * (1 + 1e-5))
                    .isGreaterThan(part * (1 - PRECISE) - 2e-5));
            assertThat(table.listed()).isLessThanOrEqualTo(1 + 1e-6);
            assertThat(ShareTable.parse(table.text())).contains(table);
            assertThat(ShareTable.of(table.number(), exactly(table, parts), MOST))
                    .isEqualTo(table);
        });
    }

    private static Map<TopicPartition, Double> exactly(ShareTable table, Map<TopicPartition, Double> of) {
        Map<TopicPartition, Double> exact = new HashMap<>();
        of.keySet().forEach(partition -> exact.put(partition, table.of(partition)));
        return exact;
    }

    @Test
    void anUnknownPartitionBringsNothing() {
        ShareTable table = ShareTable.of(1, Map.of(new TopicPartition("t", 0), 1.0), MOST);

        assertThat(table.of(new TopicPartition("t", 0))).isEqualTo(1, within(PRECISE));
        assertThat(table.of(new TopicPartition("t", 1))).isZero();
        assertThat(table.of(new TopicPartition("u", 0))).isZero();
    }

    @Test
    void partitionsOfATopicBringTheSameIfMoreDoesNotFit() {
        Map<TopicPartition, Double> parts = new HashMap<>();
        for (int i = 0; i < 2000; i++) {
            parts.put(new TopicPartition("large", i), i < 1000 ? 0.0002 : 0.0006);
            parts.put(new TopicPartition("small", i % 2), 0.1);
        }

        ShareTable table = ShareTable.of(1, parts, MOST);

        assertThat(table.text()).hasSizeLessThan(50);
        assertThat(table.of(new TopicPartition("large", 3))).isEqualTo(0.0004, within(2e-6));
        assertThat(table.of(new TopicPartition("large", 1999))).isEqualTo(0.0004, within(2e-6));
        assertThat(table.of(new TopicPartition("small", 1))).isEqualTo(0.1, within(PRECISE));
    }

    @Test
    void allPartitionsBringTheSameIfTheirTopicsDoNotFit() {
        Map<TopicPartition, Double> parts = new HashMap<>();
        for (int i = 0; i < 1000; i++) {
            parts.put(new TopicPartition("topic-" + i, 0), i == 0 ? 0.5 : 0.5 / 999);
        }

        ShareTable table = ShareTable.of(36, parts, MOST);

        assertThat(table.text()).hasSizeLessThanOrEqualTo(ShareTable.SHORTEST);
        assertThat(table.of(new TopicPartition("topic-0", 0))).isEqualTo(8.0 / 9 / 1000, within(1e-5));
    }

    @Test
    void isFoundBetweenWhatIsFinishedAndTheReadMark() {
        ShareTable table = ShareTable.of(7, Map.of(new TopicPartition("t", 0), 1.0), MOST);
        String text = table.text();

        assertThat(ShareTable.in("iotda-relay-2abcr+/==" + text + "~3/512")).isEqualTo(text);
        assertThat(ShareTable.in("iotda-relay-2abcr+/==" + text)).isEqualTo(text);
        assertThat(ShareTable.without("iotda-relay-2abcr+/==" + text)).isEqualTo("iotda-relay-2abcr+/==");
        assertThat(ShareTable.in("iotda-relay-2abcr+/==~3/512")).isEmpty();
        assertThat(ShareTable.without("finished")).isEqualTo("finished");
    }

    @Test
    void theHighestNumberCountsAndTwoOfItContradictEachOther() {
        TopicPartition partition = new TopicPartition("t", 0);
        String old = ShareTable.of(2, Map.of(partition, 0.5), MOST).text();
        String one = ShareTable.of(3, Map.of(partition, 0.25), MOST).text();
        String other = ShareTable.of(3, Map.of(partition, 0.75), MOST).text();

        assertThat(part(List.of("", old, one, one), partition)).contains(0.25);
        assertThat(part(List.of(old, one, other), partition)).contains(0.0);
        assertThat(ShareTable.inForce(List.of(old, one, other)).map(ShareTable::number))
                .contains(3L);
        assertThat(ShareTable.inForce(List.of("", "something else"))).isEmpty();
    }

    private static Optional<Double> part(List<String> metadata, TopicPartition partition) {
        return ShareTable.inForce(metadata).map(table -> table.of(partition));
    }

    @Test
    void doesNotBelieveWhatItCannotHaveWritten() {
        assertThat(ShareTable.parse("^11..abcde2:AAAA.")).as("twice all").isEmpty();
        assertThat(ShareTable.parse("^11..abcde2:AAA.")).as("half a digit").isEmpty();
        assertThat(ShareTable.parse("^11..abcdezzzzzzz:AA.")).as("too many").isEmpty();
        assertThat(ShareTable.parse("^11..abcde-1:AA.")).as("none").isEmpty();
        assertThat(ShareTable.parse("^11..abcde1:!!.")).as("no digits").isEmpty();
        assertThat(ShareTable.parse("^11..")).as("nothing for anybody").isPresent();
    }
}
