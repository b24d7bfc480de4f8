package io.iotdarelay.simulator;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reads the bodies of requests into memory of their own, so that nothing needs to be released where a client hangs up in the middle. */
final class Bodies {

    private Bodies() {}

    /**
     * A body, or its beginning.
     *
     * @param most how many bytes to keep; the rest is read, and forgotten
     */
    static Mono<byte[]> read(Flux<ByteBuf> parts, int most) {
        return parts.collect(ByteArrayOutputStream::new, (kept, part) -> {
                    byte[] bytes = new byte[Math.min(part.readableBytes(), most - kept.size())];
                    part.readBytes(bytes);
                    kept.writeBytes(bytes);
                })
                .map(ByteArrayOutputStream::toByteArray);
    }
}
