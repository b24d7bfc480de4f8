package io.iotdarelay.iotda;

import io.netty.util.AttributeKey;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.channel.AbortedException;

/** How one request used its connection. Belongs to the connection's event loop. */
final class ConnectionUse {

    private static final AttributeKey<Boolean> USED = AttributeKey.valueOf(ConnectionUse.class, "used");

    private boolean reused;
    private boolean responded;

    /** The request is written to this connection. */
    void requestWritten(Connection connection) {
        @Nullable Boolean before = connection.channel().attr(USED).getAndSet(true);
        reused = before != null;
        responded = false;
    }

    void responseBegan() {
        responded = true;
    }

    /** Whether the request used a kept-alive connection that the server had closed: no response, and no timeout either. */
    boolean isStale(Throwable failure) {
        return reused && !responded && (failure instanceof IOException || failure instanceof AbortedException);
    }
}
