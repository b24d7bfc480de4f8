package io.iotdarelay.operate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import reactor.core.publisher.Mono;

class DevicesEndpointTest {

    @Test
    void anEventLoopThatDoesNotAnswerIsNoDefectOfTheRelay() {
        Mono<WebEndpointResponse<Object>> never = Mono.never();
        Mono<WebEndpointResponse<Object>> answered = DevicesEndpoint.orSilent(never.timeout(Duration.ofMillis(1)));

        WebEndpointResponse<Object> answer = Objects.requireNonNull(answered.block(Duration.ofSeconds(10)));

        assertThat(answer.getStatus()).isEqualTo(503);
        assertThat(String.valueOf(answer.getBody())).contains("may still happen");
    }
}
