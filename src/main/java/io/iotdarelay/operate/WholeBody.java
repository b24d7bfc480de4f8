package io.iotdarelay.operate;

import java.util.Map;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvoker;
import org.springframework.boot.actuate.endpoint.invoke.OperationInvokerAdvisor;
import org.springframework.boot.actuate.endpoint.invoke.OperationParameters;

/**
 * Passes the whole body of a request as the parameter {@code request}. Spring passes field by field, which excludes fields that are no
 * names in Java, such as {@code for}, and ignores those that nobody asked for.
 */
final class WholeBody implements OperationInvokerAdvisor {

    private final EndpointId endpoint;

    WholeBody(String endpoint) {
        this.endpoint = EndpointId.of(endpoint);
    }

    @Override
    public OperationInvoker apply(
            EndpointId endpointId, OperationType type, OperationParameters parameters, OperationInvoker invoker) {
        return endpointId.equals(endpoint) && type == OperationType.WRITE
                ? context -> invoker.invoke(whole(context))
                : invoker;
    }

    private static InvocationContext whole(InvocationContext context) {
        SecurityContext user = context.resolveArgument(SecurityContext.class);
        return new InvocationContext(
                user == null ? SecurityContext.NONE : user, Map.of("request", context.getArguments()));
    }
}
