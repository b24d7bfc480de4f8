package io.iotdarelay.access;

import java.util.Locale;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContext;
import reactor.core.publisher.Mono;

/** Tells those who are logged in as whom. */
@Endpoint(id = "whoami")
public final class WhoAmIEndpoint {

    WhoAmIEndpoint() {}

    /**
     * A user.
     *
     * @param name as configured, or as the token says
     * @param role {@code viewer} or {@code operator}
     * @param login {@code password}, {@code session}, {@code token}, or {@code instance} if another instance asks
     * @param tls whether the request came by TLS
     */
    public record User(String name, String role, String login, boolean tls) {}

    @ReadOperation
    public Mono<User> user() {
        return ReactiveSecurityContextHolder.getContext()
                .mapNotNull(SecurityContext::getAuthentication)
                .mapNotNull(Authentication::getDetails)
                .ofType(LoggedIn.class)
                .map(user -> new User(user.name(), lower(user.role()), lower(user.how()), user.tls()));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
