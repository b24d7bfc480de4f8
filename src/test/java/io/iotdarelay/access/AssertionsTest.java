package io.iotdarelay.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.access.Assertions.Outcome;
import io.iotdarelay.access.Assertions.Request;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AssertionsTest {

    private static final Account OPERATOR = new Account("wächter & co", "{bcrypt}$2a$10$abc", Role.OPERATOR);
    private static final Account VIEWER = new Account("viewer", "plain", Role.VIEWER);
    private static final Request REQUEST = new Request("POST", "/actuator/devices/x?scope=instance");
    private static final byte[] BODY = "{\"action\":\"probe\"}".getBytes(StandardCharsets.UTF_8);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-12-01T03:00:00Z"));
    private final Clock clock = clock();
    private final Assertions asking = new Assertions(List.of(OPERATOR, VIEWER), clock);
    private final Assertions asked = new Assertions(List.of(OPERATOR, VIEWER), clock);

    @Test
    void isBelievedOnce() {
        String assertion = make(OPERATOR.name(), Role.OPERATOR);

        assertThat(asked.check(assertion, REQUEST)).isEqualTo(new Outcome.Accepted(OPERATOR, Assertions.hash(BODY)));
        assertThat(refusal(asked, assertion, REQUEST)).contains("used before");
        assertThat(assertion).doesNotContain("bcrypt", "$2a$10");
    }

    @Test
    void theLesserRoleCounts() {
        assertThat(asked.check(make(OPERATOR.name(), Role.VIEWER), REQUEST))
                .isEqualTo(new Outcome.Accepted(
                        new Account(OPERATOR.name(), OPERATOR.password(), Role.VIEWER), Assertions.hash(BODY)));
        assertThat(asked.check(make(VIEWER.name(), Role.OPERATOR), REQUEST))
                .isEqualTo(new Outcome.Accepted(VIEWER, Assertions.hash(BODY)));
    }

    @Test
    void isForOneRequestOnly() {
        String assertion = make(OPERATOR.name(), Role.OPERATOR);

        for (Request other : List.of(
                new Request("DELETE", REQUEST.pathAndQuery()),
                new Request("POST", "/actuator/devices/y?scope=instance"),
                new Request("POST", "/actuator/devices/x"))) {
            assertThat(refusal(asked, assertion, other)).contains("another request");
        }
    }

    @Test
    void nothingInItCanBeChanged() {
        String assertion = make(VIEWER.name(), Role.VIEWER);
        String[] parts = assertion.substring(Assertions.SCHEME.length()).split("\\.", -1);

        for (int i = 0; i < parts.length; i++) {
            String[] changed = parts.clone();
            changed[i] = i == 2 ? "operator" : changed[i].substring(1) + "0";
            assertThat(asked.check(Assertions.SCHEME + String.join(".", changed), REQUEST))
                    .as("part " + i)
                    .isInstanceOf(Outcome.Refused.class);
        }
    }

    @Test
    void expires() {
        String assertion = make(OPERATOR.name(), Role.OPERATOR);

        pass(Assertions.LIFE);

        assertThat(refusal(asked, assertion, REQUEST)).contains("expired");
    }

    @Test
    void isNotRepeatedAsLongAsItIsValid() {
        pass(Assertions.AHEAD);
        String ahead = make(OPERATOR.name(), Role.OPERATOR);
        pass(Assertions.AHEAD.negated());
        assertThat(asked.check(ahead, REQUEST)).isInstanceOf(Outcome.Accepted.class);

        pass(Assertions.LIFE.plus(Assertions.AHEAD).minusMillis(1));

        assertThat(refusal(asked, ahead, REQUEST)).contains("used before");
    }

    @Test
    void aClockThatIsFarAheadIsRefused() {
        pass(Assertions.AHEAD.plusMillis(1));
        String ahead = make(OPERATOR.name(), Role.OPERATOR);
        pass(Assertions.AHEAD.plusMillis(1).negated());

        assertThat(refusal(asked, ahead, REQUEST)).contains("ahead");
    }

    @Test
    void anotherPasswordEndsIt() {
        String assertion = make(OPERATOR.name(), Role.OPERATOR);
        Assertions changed =
                new Assertions(List.of(new Account(OPERATOR.name(), "{bcrypt}$2a$10$abd", Role.OPERATOR)), clock);

        assertThat(refusal(changed, assertion, REQUEST)).contains("another password");
    }

    @Test
    void whoIsNotKnownIsRefused() {
        String assertion = make(VIEWER.name(), Role.VIEWER);

        assertThat(refusal(new Assertions(List.of(OPERATOR), clock), assertion, REQUEST))
                .contains("not known");
        assertThat(refusal(Assertions.none(clock), assertion, REQUEST)).contains("not known");
        assertThat(Assertions.none(clock).make(VIEWER.name(), Role.VIEWER, REQUEST, BODY))
                .isEmpty();
        assertThat(asking.make("nobody", Role.OPERATOR, REQUEST, BODY)).isEmpty();
    }

    @Test
    void garbageIsRefused() {
        for (String garbage : List.of(
                "",
                ".",
                "1.2.3.4.5.6.7",
                "......",
                "1.%%.operator.x.y.z.a",
                "1." + "x".repeat(5_000),
                "2.a.b.c.d.e.f")) {
            assertThat(asked.check(Assertions.SCHEME + garbage, REQUEST))
                    .as(garbage)
                    .isInstanceOf(Outcome.Refused.class);
        }
    }

    @Test
    void remembersOnlySoMany() {
        for (int i = 0; i < Assertions.MOST_REMEMBERED; i++) {
            assertThat(asked.check(make(VIEWER.name(), Role.VIEWER), REQUEST)).isInstanceOf(Outcome.Accepted.class);
        }

        assertThat(refusal(asked, make(VIEWER.name(), Role.VIEWER), REQUEST)).contains("too many");

        pass(Assertions.LIFE.plus(Assertions.AHEAD).plus(Assertions.AHEAD));

        assertThat(asked.check(make(VIEWER.name(), Role.VIEWER), REQUEST)).isInstanceOf(Outcome.Accepted.class);
    }

    private String make(String user, Role role) {
        return asking.make(user, role, REQUEST, BODY).orElseThrow();
    }

    private static String refusal(Assertions asked, String assertion, Request request) {
        return asked.check(assertion, request) instanceof Outcome.Refused refused ? refused.why() : "accepted";
    }

    private void pass(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public java.time.ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now.get();
            }
        };
    }
}
