package io.iotdarelay.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import io.iotdarelay.testing.LocalIssuer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

class IssuerKeysTest {

    private static final RSAKey FIRST = LocalIssuer.newKey("first");
    private static final RSAKey SECOND = LocalIssuer.newKey("second");

    private final AtomicLong now = new AtomicLong(-1);
    private final List<Sinks.One<JWKSet>> questions = new ArrayList<>();
    private final IssuerKeys keys = new IssuerKeys(this::ask, Schedulers.immediate(), now::get);

    private Mono<JWKSet> ask() {
        Sinks.One<JWKSet> question = Sinks.one();
        questions.add(question);
        return question.asMono();
    }

    @Test
    void asksOnceForAllWhoWait() {
        List<List<JWK>> answers = new ArrayList<>();
        keys.forKey("first").subscribe(answers::add);
        keys.forKey(null).subscribe(answers::add);
        assertThat(questions).hasSize(1);

        answer(FIRST);

        assertThat(answers)
                .hasSize(2)
                .allSatisfy(answer -> assertThat(ids(answer)).containsExactly("first"));
        assertThat(known("first")).containsExactly("first");
        assertThat(questions).hasSize(1);
    }

    @Test
    void asksAgainForAnUnknownKeyButNotOften() {
        keys.forKey("first").subscribe();
        answer(FIRST);

        assertThat(known("second")).containsExactly("first");
        assertThat(questions).hasSize(1);

        pass(IssuerKeys.PAUSE);
        List<List<JWK>> answers = new ArrayList<>();
        keys.forKey("second").subscribe(answers::add);
        answer(FIRST, SECOND);

        assertThat(answers)
                .singleElement()
                .satisfies(answer -> assertThat(ids(answer)).containsExactly("first", "second"));
        for (int i = 0; i < 100; i++) {
            assertThat(known("unheard-of " + i)).containsExactly("first", "second");
        }
        assertThat(questions).hasSize(2);
    }

    @Test
    void refreshesWithoutHoldingUpAnybody() {
        keys.forKey("first").subscribe();
        answer(FIRST);

        pass(IssuerKeys.FRESH);
        assertThat(known("first")).containsExactly("first");
        assertThat(questions).hasSize(2);
        answer(SECOND);

        assertThat(known("second")).containsExactly("second");
    }

    @Test
    void oldKeysCountWhileTheIssuerIsAwayButNotForEver() {
        keys.forKey("first").subscribe();
        answer(FIRST);

        for (Duration age = Duration.ZERO; age.compareTo(IssuerKeys.USABLE) < 0; age = age.plus(IssuerKeys.FRESH)) {
            assertThat(known("first")).as("at the age of " + age).containsExactly("first");
            if (!age.isZero()) {
                fail();
            }
            pass(IssuerKeys.FRESH);
        }

        List<Throwable> failures = new ArrayList<>();
        keys.forKey("first").subscribe(answer -> {}, failures::add);
        fail();
        assertThat(failures).singleElement().isInstanceOf(IssuerKeys.UnavailableException.class);
    }

    @Test
    void anIssuerThatFailsIsLeftAloneForAWhile() {
        List<Throwable> failures = new ArrayList<>();
        keys.forKey("first").subscribe(answer -> {}, failures::add);
        fail();
        assertThat(failures).singleElement().isInstanceOf(IssuerKeys.UnavailableException.class);

        assertThatThrownBy(() -> known("first"))
                .satisfies(failure ->
                        assertThat(Exceptions.unwrap(failure)).isInstanceOf(IssuerKeys.UnavailableException.class));
        assertThat(questions).hasSize(1);

        pass(IssuerKeys.PAUSE);
        keys.forKey("first").subscribe();
        answer(FIRST);
        assertThat(known("first")).containsExactly("first");
    }

    private List<String> known(String id) {
        return ids(keys.forKey(id).blockOptional(Duration.ofSeconds(1)).orElseThrow());
    }

    private static List<String> ids(List<JWK> keys) {
        return keys.stream().map(JWK::getKeyID).toList();
    }

    private void answer(JWK... answer) {
        questions.getLast().tryEmitValue(new JWKSet(List.of(answer))).orThrow();
    }

    private void fail() {
        questions.getLast().tryEmitError(new IOException("no answer")).orThrow();
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
