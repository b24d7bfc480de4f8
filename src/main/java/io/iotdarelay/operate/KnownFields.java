package io.iotdarelay.operate;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameter;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import reactor.core.publisher.Mono;

/**
 * Refuses requests to change something that have a field which nobody reads. Spring ignores those: a filter with a slip in its name would
 * not filter. For operations that return a {@link Mono}.
 */
final class KnownFields implements OperationInvokerAdvisor {

    /** Who shall answer, a parameter of the address: an instance that answers for itself alone ignores it. */
    private static final String SCOPE = "scope";

    private final EndpointId endpoint;

    KnownFields(String endpoint) {
        this.endpoint = EndpointId.of(endpoint);
    }

    @Override
    public OperationInvoker apply(
            EndpointId endpointId, OperationType type, OperationParameters parameters, OperationInvoker invoker) {
        if (!endpointId.equals(endpoint) || type != OperationType.WRITE) {
            return invoker;
        }
        List<String> known = StreamSupport.stream(parameters.spliterator(), false)
                .map(OperationParameter::getName)
                .toList();
        return context -> {
            Set<String> unknown = unknown(context, known);
            return unknown.isEmpty()
                    ? invoker.invoke(context)
                    : Mono.just(refusal(unknown.iterator().next(), known));
        };
    }

    private static Set<String> unknown(InvocationContext context, List<String> known) {
        Set<String> unknown = new TreeSet<>(context.getArguments().keySet());
        known.forEach(unknown::remove);
        unknown.remove(SCOPE);
        return unknown;
    }

    private static WebEndpointResponse<Object> refusal(String field, List<String> known) {
        boolean shows = field.length() <= 40 && field.chars().noneMatch(Character::isISOControl);
        return new WebEndpointResponse<>(
                Map.of(
                        "error",
                        "unknown field " + (shows ? field : "in the request") + "; there are "
                                + String.join(", ", known.subList(1, known.size()))),
                400);
    }
}
