package io.iotdarelay.access;

import io.iotdarelay.settings.Requirements;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * An OpenID provider whose access tokens (JWT) are accepted as {@code Authorization: Bearer}.
 *
 * @param issuerUri the issuer, as the claim {@code iss} says it: an HTTPS address, to the letter.
 * @param audience what the claim {@code aud} has to contain, so that tokens for other services are refused. Required.
 * @param jwkSetUri where the issuer's keys are. By default what its {@code /.well-known/openid-configuration} says.
 * @param sslBundle the name of a {@code spring.ssl.bundle} whose trust store is used for the issuer. Without it the JVM's own trust store counts.
 * @param nameClaim the claim that names the user. Where a token does not have it, {@code sub} does.
 * @param rolesClaim the claim that lists the user's roles, or a dotted path to it such as {@code realm_access.roles}. A text is a list
 *     separated by spaces.
 * @param viewerRoles who has one of these is a viewer.
 * @param operatorRoles who has one of these is an operator. A token with none of both lists gets 403.
 */
public record OidcProperties(
        @Nullable URI issuerUri,
        @Nullable String audience,
        @Nullable URI jwkSetUri,
        @Nullable String sslBundle,
        @DefaultValue("preferred_username") String nameClaim,
        @DefaultValue("roles") String rolesClaim,
        @DefaultValue List<String> viewerRoles,
        @DefaultValue List<String> operatorRoles) {

    public OidcProperties {
        viewerRoles = List.copyOf(viewerRoles);
        operatorRoles = List.copyOf(operatorRoles);
        new Requirements("relay.access.oidc")
                .that(
                        issuerUri != null && isHttps(issuerUri) && issuerUri.getQuery() == null,
                        "issuer-uri",
                        "is required: https://HOST, with a port and a path if need be")
                .that(audience != null && !audience.isBlank(), "audience", "is required")
                .that(jwkSetUri == null || isHttps(jwkSetUri), "jwk-set-uri", "must be an address with https")
                .that(!nameClaim.isBlank(), "name-claim", "must not be empty")
                .that(!rolesClaim.isBlank(), "roles-claim", "must not be empty")
                .that(
                        !viewerRoles.isEmpty() || !operatorRoles.isEmpty(),
                        "viewer-roles",
                        "or operator-roles is required: nobody else gets in with a token")
                .that(viewerRoles.stream().noneMatch(String::isBlank), "viewer-roles", "must not contain an empty role")
                .that(
                        operatorRoles.stream().noneMatch(String::isBlank),
                        "operator-roles",
                        "must not contain an empty role")
                .check();
    }

    static boolean isHttps(URI uri) {
        return "https".equalsIgnoreCase(uri.getScheme())
                && uri.getHost() != null
                && uri.getUserInfo() == null
                && uri.getFragment() == null;
    }
}
