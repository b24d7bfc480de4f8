package io.iotdarelay.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class NetworkTroubleTest {

    private static final Fetch.Failed SLOW = new Fetch.Failed("the schema registry does not answer in time", false);

    @Test
    void aSlowRegistryIsNotMisconfigured() {
        assertThat(NetworkTrouble.of(new TimeoutException("30 s"))).isEqualTo(SLOW);
        assertThat(NetworkTrouble.of(new SslHandshakeTimeoutException("handshake timed out after 10000ms")))
                .isEqualTo(SLOW);
        assertThat(NetworkTrouble.of(new IOException(new SslHandshakeTimeoutException("handshake timed out"))))
                .isEqualTo(SLOW);
    }

    @Test
    void aRefusedHandshakeIsMisconfigured() {
        assertThat(NetworkTrouble.of(new SSLHandshakeException("no trust")))
                .isEqualTo(
                        new Fetch.Failed("TLS with the schema registry fails: SSLHandshakeException: no trust", true));
    }
}
