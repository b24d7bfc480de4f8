package io.iotdarelay.operate;

import io.iotdarelay.source.PollLoop;
import io.iotdarelay.source.SourceStatus.Loss;
import java.util.List;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Records that retention deleted before they were read: {@code GET /actuator/losses} lists the unacknowledged ones, and
 * {@code POST /actuator/losses/TOPIC-PARTITION} acknowledges those of a partition, which makes health UP again.
 */
@Endpoint(id = "losses")
final class LossesEndpoint {

    /** Some lost records of a partition, the last one included. */
    record Lost(String topic, int partition, long from, long to, long records, String noticedAt) {

        static Lost of(Loss loss) {
            return new Lost(
                    loss.topic(),
                    loss.partition(),
                    loss.from(),
                    loss.to() - 1,
                    loss.count(),
                    loss.noticedAt().toString());
        }
    }

    private final PollLoop loop;

    LossesEndpoint(PollLoop loop) {
        this.loop = loop;
    }

    @ReadOperation
    Map<String, List<Lost>> losses() {
        return Map.of("losses", loop.losses().stream().map(Lost::of).toList());
    }

    @WriteOperation
    WebEndpointResponse<Map<String, String>> acknowledge(@Selector String partition) {
        int dash = partition.lastIndexOf('-');
        boolean known = dash > 0
                && partition.substring(dash + 1).matches("[0-9]{1,9}")
                && loop.acknowledgeLosses(
                        partition.substring(0, dash), Integer.parseInt(partition.substring(dash + 1)));
        return known
                ? new WebEndpointResponse<>(Map.of("state", "acknowledged"))
                : new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
    }
}
