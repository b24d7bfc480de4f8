package io.iotdarelay.access;

import io.iotdarelay.metrics.AccessMeters;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.springframework.boot.http.codec.CodecCustomizer;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.security.autoconfigure.actuate.web.reactive.EndpointRequest;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.SecurityWebFiltersOrder;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.crypto.factory.PasswordEncoderFactories;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.authorization.ServerAccessDeniedHandler;
import org.springframework.security.web.server.context.NoOpServerSecurityContextRepository;
import org.springframework.security.web.server.util.matcher.AndServerWebExchangeMatcher;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher.MatchResult;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** Health is open, and so are metrics unless they are for users; everything else requires credentials, by HTTP Basic or a session. */
@Configuration(proxyBeanMethods = false)
@EnableWebFluxSecurity
public class AccessConfiguration {

    private static final int KEY_BYTES = 32;
    private static final String PEERS = "relay.desk.peers";

    /**
     * A separate thread for the HTTP port: whatever its clients do, the relay's loops go on. One, because only operators and probes call,
     * and because the connections are {@linkplain PortConnections counted} there.
     */
    @Bean
    ReactorResourceFactory httpServerResources() {
        ReactorResourceFactory resources = new ReactorResourceFactory();
        resources.setUseGlobalResources(false);
        resources.setLoopResourcesSupplier(() -> LoopResources.create("relay-http", 1, true));
        resources.setShutdownQuietPeriod(Duration.ZERO);
        return resources;
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> port(AccessProperties properties) {
        Port port = new Port(properties);
        return factory -> factory.addServerCustomizers(port);
    }

    @Bean
    CodecCustomizer requestSize(AccessProperties properties) {
        int most = Math.toIntExact(properties.maxRequestSize().toBytes());
        return codecs -> codecs.defaultCodecs().maxInMemorySize(most);
    }

    @Bean
    SecurityHeaders securityHeaders() {
        return new SecurityHeaders();
    }

    @Bean
    RequestRules requestRules(AccessProperties properties) {
        return new RequestRules(properties.maxRequestSize().toBytes());
    }

    @Bean
    RequestRate requestRate(LongSupplier nanoTime) {
        return new RequestRate(nanoTime);
    }

    @Bean
    ChangeLog changeLog(AccessMeters meters) {
        return new ChangeLog(meters);
    }

    @Bean
    WhoAmIEndpoint whoAmIEndpoint() {
        return new WhoAmIEndpoint();
    }

    @Bean
    Sessions sessions(AccessProperties properties, LongSupplier nanoTime) {
        return new Sessions(nanoTime, properties.sessionIdleTimeout(), properties.sessionTimeout());
    }

    @Bean(destroyMethod = "close")
    PasswordChecks passwordChecks(
            AccessProperties properties,
            ConfigurableEnvironment environment,
            LongSupplier nanoTime,
            AccessMeters meters) {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        PasswordEncoder encoder = PasswordEncoderFactories.createDelegatingPasswordEncoder();
        return new PasswordChecks(
                new Logins(Accounts.of(properties, environment), encoder, new LoginThrottle(nanoTime), key), meters);
    }

    @Bean(destroyMethod = "close")
    TokenLogins tokenLogins(
            AccessProperties properties, SslBundles bundles, Clock time, LongSupplier nanoTime, AccessMeters meters) {
        return new TokenLogins(properties.oidc(), bundles, time, nanoTime, meters);
    }

    /** What instances tell each other of their users is believed only where there are others. */
    @Bean
    Assertions assertions(AccessProperties properties, ConfigurableEnvironment environment, Clock time) {
        return environment.getProperty(PEERS, "").isBlank()
                ? Assertions.none(time)
                : new Assertions(Accounts.of(properties, environment), time);
    }

    @Bean
    OnBehalf onBehalf(Assertions assertions) {
        return new OnBehalf(assertions);
    }

    /**
     * Scripts bring their credentials with each request, browsers a cookie. What a forged request of a browser could ride on is that
     * cookie, which is not sent from other sites, and Basic credentials that the browser remembers; {@link RequestRules} refuses both.
     * {@link SecurityHeaders} are written for all answers. Sessions are the relay's own: see {@link Sessions}.
     */
    @Bean
    SecurityWebFilterChain security(
            ServerHttpSecurity http,
            PasswordChecks checks,
            Sessions sessions,
            TokenLogins tokens,
            Assertions assertions,
            AccessMeters meters,
            LongSupplier nanoTime,
            ChangeLog changes,
            AccessProperties properties) {
        SessionLogin browsers = new SessionLogin(checks, sessions);
        BasicLogin scripts = new BasicLogin(checks);
        AssertionLogin instances =
                new AssertionLogin(assertions, properties.maxRequestSize().toBytes(), nanoTime, meters);
        return http.authorizeExchange(exchanges -> exchanges
                        .matchers(open(properties))
                        .permitAll()
                        .matchers(requests(Methods::isReading))
                        .hasAnyRole(Role.VIEWER.name(), Role.OPERATOR.name())
                        .anyExchange()
                        .hasRole(Role.OPERATOR.name()))
                .addFilterBefore(browsers::filter, SecurityWebFiltersOrder.HTTP_BASIC)
                .addFilterBefore(instances::filter, SecurityWebFiltersOrder.HTTP_BASIC)
                .addFilterBefore(tokens::filter, SecurityWebFiltersOrder.HTTP_BASIC)
                .addFilterAt(scripts::filter, SecurityWebFiltersOrder.HTTP_BASIC)
                .exceptionHandling(handling -> handling.authenticationEntryPoint(BasicLogin.challenge())
                        .accessDeniedHandler(denied(changes)))
                .httpBasic(ServerHttpSecurity.HttpBasicSpec::disable)
                .formLogin(ServerHttpSecurity.FormLoginSpec::disable)
                .logout(ServerHttpSecurity.LogoutSpec::disable)
                .csrf(ServerHttpSecurity.CsrfSpec::disable)
                .headers(ServerHttpSecurity.HeaderSpec::disable)
                .securityContextRepository(NoOpServerSecurityContextRepository.getInstance())
                .build();
    }

    private static ServerAccessDeniedHandler denied(ChangeLog changes) {
        return (exchange, failure) -> exchange.getPrincipal()
                .doOnNext(user -> changes.refused(exchange, user.getName()))
                .then(Mono.fromRunnable(() -> exchange.getResponse().setStatusCode(HttpStatus.FORBIDDEN)));
    }

    private static ServerWebExchangeMatcher requests(Predicate<ServerHttpRequest> which) {
        return exchange -> which.test(exchange.getRequest()) ? MatchResult.match() : MatchResult.notMatch();
    }

    private static ServerWebExchangeMatcher open(AccessProperties properties) {
        ServerWebExchangeMatcher endpoints = properties.metrics() == AccessProperties.MetricsReader.ANYBODY
                ? EndpointRequest.to("health", "prometheus")
                : EndpointRequest.to("health");
        return new AndServerWebExchangeMatcher(requests(Methods::isRetrieving), endpoints);
    }
}
