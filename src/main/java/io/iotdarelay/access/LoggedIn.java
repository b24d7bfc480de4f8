package io.iotdarelay.access;

import java.util.List;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/**
 * A user whose credentials were right, for one request.
 *
 * @param tls whether the request came by TLS
 */
record LoggedIn(String name, Role role, How how, boolean tls) {

    /** By what a user is known. */
    enum How {
        PASSWORD,
        SESSION,
        TOKEN,
        /** Another instance says who it is: see {@link Assertions}. */
        INSTANCE
    }

    static LoggedIn by(How how, Account account, ServerHttpRequest request) {
        return new LoggedIn(account.name(), account.role(), how, isByTls(request));
    }

    /** To the relay itself, or to a proxy whose headers are heeded ({@code server.forward-headers-strategy}). */
    static boolean isByTls(ServerHttpRequest request) {
        return "https".equalsIgnoreCase(request.getURI().getScheme());
    }

    Authentication authentication() {
        UsernamePasswordAuthenticationToken token = UsernamePasswordAuthenticationToken.authenticated(
                name, null, List.of(new SimpleGrantedAuthority("ROLE_" + role.name())));
        token.setDetails(this);
        return token;
    }
}
