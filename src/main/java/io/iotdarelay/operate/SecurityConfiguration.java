package io.iotdarelay.operate;

import org.springframework.boot.security.autoconfigure.SecurityProperties;
import org.springframework.boot.security.autoconfigure.actuate.web.reactive.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.ReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.context.NoOpServerSecurityContextRepository;
import org.springframework.security.web.server.util.matcher.AndServerWebExchangeMatcher;
import org.springframework.security.web.server.util.matcher.PathPatternParserServerWebExchangeMatcher;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher;
import org.springframework.util.StringUtils;
import reactor.core.publisher.Mono;

/** Health and metrics are open; everything else requires the operator's credentials, by HTTP Basic. */
@Configuration(proxyBeanMethods = false)
@EnableWebFluxSecurity
class SecurityConfiguration {

    /**
     * No sessions, no cookies: each request brings its credentials. So there is nothing that a forged request of a browser
     * could ride on but Basic credentials that the browser remembers; endpoints that change something take JSON only, which
     * no form can send.
     */
    @Bean
    SecurityWebFilterChain security(ServerHttpSecurity http) {
        return http.authorizeExchange(exchanges ->
                        exchanges.matchers(open()).permitAll().anyExchange().authenticated())
                .httpBasic(Customizer.withDefaults())
                .formLogin(ServerHttpSecurity.FormLoginSpec::disable)
                .logout(ServerHttpSecurity.LogoutSpec::disable)
                .csrf(ServerHttpSecurity.CsrfSpec::disable)
                .securityContextRepository(NoOpServerSecurityContextRepository.getInstance())
                .build();
    }

    private static ServerWebExchangeMatcher open() {
        ServerWebExchangeMatcher get = new PathPatternParserServerWebExchangeMatcher("/**", HttpMethod.GET);
        return new AndServerWebExchangeMatcher(get, EndpointRequest.to("health", "prometheus"));
    }

    /** The operator of {@code spring.security.user.*}. If no password is set, nobody has access: none is generated. */
    @Bean
    ReactiveUserDetailsService operators(SecurityProperties properties) {
        SecurityProperties.User user = properties.getUser();
        if (user.isPasswordGenerated()) {
            return name -> Mono.empty();
        }
        boolean encoded = user.getPassword().matches("^\\{.+}.*$");
        return new MapReactiveUserDetailsService(User.withUsername(user.getName())
                .password(encoded ? user.getPassword() : "{noop}" + user.getPassword())
                .roles(StringUtils.toStringArray(user.getRoles()))
                .build());
    }
}
