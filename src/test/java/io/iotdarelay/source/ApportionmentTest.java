package io.iotdarelay.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.testing.Seeds;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** One table after the other, while topics and what they carry change. */
class ApportionmentTest {

    private static final String ME = "me";
    private static final int MOST = 300;

    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private Optional<ShareTable> table = Optional.empty();
    private int forms;

    /**
     * So few characters that the form of the table changes, too. Where topics are not named, those that are added bring something at once: many of
     * them more than there is room for, until the next table.
     */
    @Test
    void twoTablesInSuccessionNeverAddUpToMoreThanAll() {
        Seeds.each(20, dice -> {
            ends.clear();
            table = Optional.empty();
            Apportionment apportionment = new Apportionment();
            for (int phase = 0; phase < 12; phase++) {
                change(dice);
                pass(apportionment, dice, 30);
            }
            ShareTable last = table.orElseThrow();
            assertThat(ends.keySet().stream().mapToDouble(last::of).sum())
                    .as("in use at the end")
                    .isBetween(0.85, 1 + 1e-6);
        });
        assertThat(forms).as("tables that name no topic").isPositive();
    }

    private void change(RandomGenerator dice) {
        if (dice.nextInt(3) == 0 && ends.size() > 10) {
            int kept = dice.nextInt(1, 5);
            ends.keySet().removeIf(partition -> partition.topic().hashCode() % kept != 0);
        } else {
            for (int topic = dice.nextInt(1, dice.nextInt(2, 40)); topic > 0; topic--) {
                String name = "t" + dice.nextInt(100);
                for (int i = dice.nextInt(12); i >= 0; i--) {
                    ends.putIfAbsent(new TopicPartition(name, i), 0L);
                }
            }
        }
    }

    private void pass(Apportionment apportionment, RandomGenerator dice, int tables) {
        Map<TopicPartition, Long> rates = new HashMap<>();
        ends.keySet().forEach(partition -> rates.put(partition, dice.nextLong(1000)));
        for (int i = 0; i < tables; i++) {
            now = now.plus(Apportionment.STAYS).plusSeconds(1);
            ends.replaceAll((partition, end) -> end + rates.getOrDefault(partition, 0L));
            Map<TopicPartition, String> assigned = new HashMap<>();
            ends.keySet().forEach(partition -> assigned.put(partition, ME));
            GroupView view = new GroupView(now, Set.of(ME), assigned, ends, table);
            assertThat(apportionment.observe(view, ME, now)).isTrue();
            now = now.plus(Apportionment.STAYS);
            apportionment.next(view, new LogEnds(now, ends), MOST, now).ifPresent(this::follow);
        }
    }

    private void follow(ShareTable next) {
        assertThat(next.text()).hasSizeLessThanOrEqualTo(MOST);
        assertThat(next.number()).isEqualTo(table.map(ShareTable::number).orElse(0L) + 1);
        double most = 0;
        double present = 0;
        for (int topic = 0; topic < 100; topic++) {
            for (int i = 0; i < 12; i++) {
                TopicPartition partition = new TopicPartition("t" + topic, i);
                double before = table.map(one -> part(one, partition)).orElse(0.0);
                most += Math.max(before, part(next, partition));
                present += before;
            }
        }
        boolean addedTooMany =
                present > 1 && table.filter(one -> one.others() > 0).isPresent();
        assertThat(addedTooMany ? 0 : most).isLessThanOrEqualTo(1 + 1e-6);
        forms += next.others() > 0 ? 1 : 0;
        table = Optional.of(next);
    }

    /** A partition brings something if the table names it, or if it is there. */
    private double part(ShareTable of, TopicPartition partition) {
        return of.names(partition.topic()) || ends.containsKey(partition) ? of.of(partition) : 0;
    }
}
