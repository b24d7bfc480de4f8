package io.iotdarelay.egress;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TunnelTest {

    private static final Duration CANNOT_BE_SET = Duration.ofSeconds(Long.MAX_VALUE);

    /** Otherwise the request would hang until it times out. */
    @Test
    void aTunnelThatCannotBePreparedFailsAtOnce() {
        EmbeddedChannel channel = new EmbeddedChannel();
        new Tunnel(
                        new ProxyProperties(
                                ProxyProperties.Protocol.SOCKS5, "127.0.0.1", 1080, null, null, null, List.of()),
                        InetSocketAddress.createUnresolved("platform.example", 443),
                        CANNOT_BE_SET)
                .prepare(channel);

        ChannelFuture connected = channel.connect(InetSocketAddress.createUnresolved("proxy.example", 1080));
        channel.runPendingTasks();

        assertThat(connected.isDone()).isTrue();
        assertThat(connected.cause()).isInstanceOf(ArithmeticException.class);
        boolean ignored = channel.finishAndReleaseAll();
    }
}
