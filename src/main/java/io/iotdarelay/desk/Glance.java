package io.iotdarelay.desk;

import java.util.Map;
import java.util.Optional;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.jackson.EndpointJsonMapper;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.actuate.endpoint.web.WebOperation;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** What {@code GET /actuator/relay} answers, as JSON; nothing where it is not exposed. */
final class Glance {

    private static final EndpointId RELAY = EndpointId.of("relay");

    private final WebEndpointsSupplier endpoints;
    private final JsonMapper json;

    Glance(WebEndpointsSupplier endpoints, EndpointJsonMapper json) {
        this.endpoints = endpoints;
        this.json = json.get();
    }

    Mono<byte[]> now() {
        return Mono.defer(() -> operation().map(Glance::ask).orElseGet(Mono::empty))
                .map(json::writeValueAsBytes);
    }

    private Optional<WebOperation> operation() {
        return endpoints.getEndpoints().stream()
                .filter(endpoint -> endpoint.getEndpointId().equals(RELAY))
                .flatMap(endpoint -> endpoint.getOperations().stream())
                .filter(operation -> operation.getType() == OperationType.READ
                        && operation.getRequestPredicate().getPath().equals(RELAY.toString()))
                .findFirst();
    }

    private static Mono<Object> ask(WebOperation operation) {
        Object answer = operation.invoke(new InvocationContext(SecurityContext.NONE, Map.of()));
        return answer instanceof Mono<?> later ? later.cast(Object.class) : Mono.justOrEmpty(answer);
    }
}
