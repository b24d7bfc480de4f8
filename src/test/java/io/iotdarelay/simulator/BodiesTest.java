package io.iotdarelay.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** Whoever passes on a part of a body releases it afterwards, as the server does. */
class BodiesTest {

    private final List<ByteBuf> parts = List.of(part("one"), part("two"), part("three"));

    @Test
    void keepsTheBeginning() {
        assertThat(read(Bodies.read(Flux.fromIterable(parts), 100))).isEqualTo("onetwothree");
        assertThat(read(Bodies.read(Flux.just(part("one"), part("two"), part("three")), 5)))
                .isEqualTo("onetw");
        assertThat(read(Bodies.read(Flux.empty(), 5))).isEmpty();
    }

    @Test
    void holdsNothingOfAnUploadThatIsAborted() {
        TestPublisher<ByteBuf> upload = TestPublisher.create();

        StepVerifier.create(Bodies.read(upload.flux(), 100))
                .then(() -> parts.forEach(upload::next))
                .then(() -> upload.error(new IllegalStateException("aborted")))
                .verifyError();
        StepVerifier.create(Bodies.read(
                        Flux.fromIterable(Stream.of("a", "b")
                                        .map(BodiesTest::part)
                                        .toList())
                                .concatWith(Flux.never()),
                        100))
                .thenCancel()
                .verify();

        assertThat(parts).extracting(ByteBuf::refCnt).containsOnly(1);
    }

    private static ByteBuf part(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    private static String read(Mono<byte[]> body) {
        return new String(body.blockOptional().orElseThrow(), StandardCharsets.UTF_8);
    }
}
