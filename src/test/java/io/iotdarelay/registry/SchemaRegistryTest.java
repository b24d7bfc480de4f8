package io.iotdarelay.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.metrics.RegistryMeters;
import io.iotdarelay.schemas.SchemaKey;
import io.iotdarelay.schemas.SchemaText;
import io.iotdarelay.schemas.SchemaType;
import io.iotdarelay.telemetry.Backoff;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.test.scheduler.VirtualTimeScheduler;

class SchemaRegistryTest {

    private static final Fetch FOUND = new Fetch.Found(new SchemaText(SchemaType.AVRO, "\"int\"", List.of()));
    private static final Fetch DOWN = new Fetch.Failed("down", false);

    private final VirtualTimeScheduler loop = VirtualTimeScheduler.create();
    private final List<Asked> asked = new ArrayList<>();
    private final SimpleMeterRegistry counts = new SimpleMeterRegistry();
    private final SchemaRegistry registry = new SchemaRegistry(
            new Source(),
            loop,
            new RegistryMeters(counts),
            Backoff.standard(new Dice()),
            () -> Instant.ofEpochMilli(loop.now(TimeUnit.MILLISECONDS)));

    private boolean defect;

    /** Fails once. */
    private final class Dice extends Random {

        private static final long serialVersionUID = 1;

        Dice() {
            super(1);
        }

        @Override
        protected int next(int bits) {
            if (defect) {
                defect = false;
                throw new IllegalStateException("defect");
            }
            return super.next(bits);
        }
    }

    private record Asked(SchemaKey key, int server, MonoSink<Fetch> answer) {}

    private final class Source implements SchemaSource {

        @Override
        public int servers() {
            return 2;
        }

        @Override
        public Mono<Fetch> fetch(SchemaKey key, int server) {
            return Mono.create(sink -> asked.add(new Asked(key, server, sink)));
        }
    }

    private static SchemaKey id(int number) {
        return new SchemaKey.Id(number);
    }

    private Lookup lookup(int number) {
        Lookup lookup = registry.lookup(id(number));
        loop.advanceTime();
        return lookup;
    }

    private void answer(Fetch fetch) {
        asked.removeFirst().answer().success(fetch);
        loop.advanceTime();
    }

    private void pass(Duration time) {
        loop.advanceTimeBy(time);
    }

    @Test
    void asksOnceForASchemaAndKeepsIt() {
        assertThat(lookup(1)).isInstanceOf(Lookup.Awaited.class);
        assertThat(lookup(1)).isInstanceOf(Lookup.Awaited.class);
        assertThat(asked).hasSize(1);
        answer(FOUND);
        pass(Duration.ofDays(1000));

        assertThat(lookup(1)).isInstanceOf(Lookup.Known.class);
        assertThat(asked).isEmpty();
        assertThat(registry.status().schemas()).isEqualTo(1);
        assertThat(counts.counter("relay.registry.requests", "outcome", "found").count())
                .isEqualTo(1);
    }

    /** A server may lag behind the one that the producer asked. */
    @Test
    void asksAnotherServerBeforeItBelievesThatThereIsNone() {
        lookup(1);
        int first = asked.getFirst().server();
        answer(new Fetch.Missing("no schema 1"));
        assertThat(lookup(1)).isInstanceOf(Lookup.Awaited.class);
        assertThat(registry.status().awaited()).isEqualTo(1);
        assertThat(asked).isEmpty();
        pass(Duration.ofSeconds(2));

        assertThat(asked).hasSize(1);
        assertThat(asked.getFirst().server()).isNotEqualTo(first);
        answer(FOUND);
        assertThat(lookup(1)).isInstanceOf(Lookup.Known.class);
        assertThat(registry.status().awaited()).isZero();
    }

    /** The other server is down: the first one is asked again, is believed, and stays the first one. */
    @Test
    void staysWithTheServerThatAnswersIfTheOtherIsDown() {
        lookup(1);
        answer(new Fetch.Missing("no schema 1"));
        pass(Duration.ofSeconds(2));
        assertThat(asked.getFirst().server()).isEqualTo(1);
        answer(DOWN);
        assertThat(registry.status().trouble()).isEmpty();
        assertThat(asked.getFirst().server()).isZero();
        answer(new Fetch.Missing("no schema 1"));
        assertThat(lookup(1)).isInstanceOf(Lookup.Unreadable.class);

        lookup(2);

        assertThat(asked.getFirst().server()).isZero();
    }

    /** As many requests fail as were under way; they say once that the server is down. */
    @Test
    void leavesAServerOnceForAllRequestsThatFailTogether() {
        for (int i = 1; i <= 4; i++) {
            lookup(i);
        }
        assertThat(asked).hasSize(4).allMatch(each -> each.server() == 0);
        List<Asked> together = List.copyOf(asked);
        asked.clear();
        together.forEach(each -> each.answer().success(DOWN));
        loop.advanceTime();

        assertThat(asked)
                .singleElement()
                .satisfies(each -> assertThat(each.server()).isEqualTo(1));
    }

    @Test
    void remembersForSecondsAndThenForAMinuteThatThereIsNone() {
        lookup(1);
        answer(new Fetch.Missing("no schema 1"));
        pass(Duration.ofSeconds(2));
        answer(new Fetch.Missing("no schema 1"));
        assertThat(lookup(1)).isEqualTo(new Lookup.Unreadable("no schema 1"));
        pass(Duration.ofSeconds(4));
        assertThat(lookup(1)).isInstanceOf(Lookup.Unreadable.class);
        assertThat(asked).isEmpty();
        pass(Duration.ofSeconds(1));

        assertThat(lookup(1)).isInstanceOf(Lookup.Awaited.class);
        answer(new Fetch.Missing("no schema 1"));
        assertThat(lookup(1)).isEqualTo(new Lookup.Unreadable("no schema 1"));
        pass(Duration.ofSeconds(59));
        assertThat(lookup(1)).isInstanceOf(Lookup.Unreadable.class);
        assertThat(asked).isEmpty();
        pass(Duration.ofSeconds(1));

        assertThat(lookup(1)).isInstanceOf(Lookup.Awaited.class);
        assertThat(asked).hasSize(1);
        answer(FOUND);
        assertThat(lookup(1)).isInstanceOf(Lookup.Known.class);
    }

    /** One after the other, as the records of a partition name them. */
    @Test
    void believesAFloodOfUnknownSchemasAtOnce() {
        int waited = 0;
        for (int i = 0; i < 200; i++) {
            lookup(i);
            answer(new Fetch.Missing("none"));
            if (lookup(i) instanceof Lookup.Awaited) {
                waited++;
                pass(Duration.ofSeconds(2));
                answer(new Fetch.Missing("none"));
            }
            assertThat(lookup(i)).isInstanceOf(Lookup.Unreadable.class);
            pass(Duration.ofMillis(50));
        }
        assertThat(waited).isBetween(20, 26);
    }

    @Test
    void saysWhyASchemaCannotBeUsed() {
        lookup(1);
        answer(new Fetch.Found(new SchemaText(SchemaType.AVRO, "{", List.of())));

        assertThat(((Lookup.Unreadable) lookup(1)).detail())
                .startsWith("schema 1 cannot be used: it is not valid Avro");
    }

    @Test
    void asksForFewSchemasAtATime() {
        for (int i = 0; i < 20; i++) {
            lookup(i);
        }
        assertThat(asked).hasSize(4);
        answer(FOUND);
        assertThat(asked).hasSize(4);
        assertThat(registry.status().awaited()).isEqualTo(19);
    }

    @Test
    void goesOnAskingWithABackoffThroughAnOutageAndTriesEachServer() {
        lookup(1);
        lookup(2);
        lookup(3);
        Set<Integer> servers = new HashSet<>();
        int requests = 0;
        for (int second = 0; second < 600; second++) {
            while (!asked.isEmpty()) {
                requests++;
                servers.add(asked.getFirst().server());
                answer(DOWN);
            }
            pass(Duration.ofSeconds(1));
        }
        assertThat(servers).containsExactlyInAnyOrder(0, 1);
        assertThat(requests).isBetween(20, 200);
        assertThat(registry.status().trouble())
                .hasValueSatisfying(trouble -> assertThat(trouble.since()).isEqualTo(Instant.EPOCH));
        assertThat(registry.reason(id(1))).isEqualTo("down");

        while (asked.isEmpty()) {
            pass(Duration.ofSeconds(1));
        }
        assertThat(asked).as("one request tries").hasSize(1);
        answer(FOUND);
        assertThat(asked).as("then all follow").hasSize(2);
        answer(FOUND);
        answer(FOUND);
        assertThat(List.of(lookup(1), lookup(2), lookup(3))).hasOnlyElementsOfType(Lookup.Known.class);
        assertThat(registry.status().trouble()).isEmpty();
    }

    @Test
    void oneSchemaThatFailsDoesNotKeepOthersFromBeingFetched() {
        lookup(1);
        lookup(2);
        Set<SchemaKey> found = new HashSet<>();
        for (int second = 0; second < 120; second++) {
            while (!asked.isEmpty()) {
                SchemaKey key = asked.getFirst().key();
                if (key.equals(id(1))) {
                    answer(DOWN);
                } else {
                    found.add(key);
                    answer(FOUND);
                }
            }
            pass(Duration.ofSeconds(1));
        }
        assertThat(found).containsExactly(id(2));
    }

    @Test
    void asksForAFloodOfUnknownSchemasSlowly() {
        int requests = 0;
        for (int i = 0; i < 100_000; i++) {
            lookup(i);
        }
        for (int step = 0; step < 1_000; step++) {
            while (!asked.isEmpty()) {
                requests++;
                answer(new Fetch.Missing("none"));
            }
            pass(Duration.ofMillis(10));
        }
        assertThat(requests).as("in 10 s").isBetween(250, 320);
    }

    @Test
    void forgetsTheOldestOfTooManySchemas() {
        for (int i = 0; i < 1_500; i++) {
            lookup(i);
            answer(FOUND);
            assertThat(lookup(i)).isInstanceOf(Lookup.Known.class);
        }
        assertThat(registry.status().schemas()).isEqualTo(1_000);
        assertThat(lookup(0)).isInstanceOf(Lookup.Awaited.class);
    }

    @Test
    void survivesADefect() {
        lookup(1);
        asked.removeFirst().answer().error(new IllegalStateException("defect"));
        loop.advanceTime();
        pass(Duration.ofMinutes(1));
        answer(FOUND);

        assertThat(lookup(1)).isInstanceOf(Lookup.Known.class);
    }

    /** Its own entry must not be the one that is forgotten. */
    @Test
    void remembersAnUnknownSchemaHoweverOftenItIsAskedFor() {
        lookup(1);
        answer(new Fetch.Missing("none"));
        pass(Duration.ofSeconds(2));
        for (int i = 0; i < 10_001; i++) {
            answer(new Fetch.Missing("none"));
            assertThat(lookup(1)).as("time %s", i).isInstanceOf(Lookup.Unreadable.class);
            pass(Duration.ofMinutes(1));
            assertThat(lookup(1)).isInstanceOf(Lookup.Awaited.class);
        }
    }

    @Test
    void countsASchemaOnceThatWasUnknownAndIsFound() {
        lookup(0);
        answer(new Fetch.Missing("none"));
        pass(Duration.ofSeconds(2));
        answer(new Fetch.Missing("none"));
        pass(Duration.ofMinutes(1));
        lookup(0);
        answer(FOUND);
        for (int i = 1; i <= 10_000; i++) {
            lookup(i);
            while (!asked.isEmpty()) {
                answer(new Fetch.Found(new SchemaText(SchemaType.AVRO, "{", List.of())));
            }
        }

        assertThat(lookup(0)).isInstanceOf(Lookup.Known.class);
        assertThat(registry.status().schemas()).isEqualTo(1);
    }

    @Test
    void aSchemaThatBreaksTheCompilerIsUnreadable() {
        lookup(1);
        answer(new Fetch.Found(new SchemaText(SchemaType.AVRO, "\"int\"", new BrokenList<>())));

        assertThat(lookup(1))
                .isEqualTo(new Lookup.Unreadable(
                        "schema 1 cannot be used: a defect of the relay: " + "java.lang.NoClassDefFoundError: broken"));
        assertThat(registry.status().awaited()).isZero();
    }

    /** Throws an error, not an exception. */
    private static final class BrokenList<E> extends AbstractList<E> {

        @Override
        public E get(int index) {
            throw new NoClassDefFoundError("broken");
        }

        @Override
        public int size() {
            return 1;
        }
    }

    @Test
    void anAnswerThatCannotBeTakenIsCountedOnce() {
        defect = true;
        lookup(1);
        answer(DOWN);
        answer(DOWN);
        assertThat(registry.status().awaited()).isEqualTo(1);
        pass(Duration.ofMinutes(1));

        for (int i = 2; i < 20; i++) {
            lookup(i);
        }
        assertThat(asked).as("one request tries").hasSize(1);
        answer(FOUND);
        assertThat(lookup(1)).isInstanceOf(Lookup.Known.class);
        assertThat(asked).as("then others follow").hasSize(4);
        assertThat(registry.status().awaited()).isEqualTo(18);
    }
}
