package io.iotdarelay.operate;

import io.iotdarelay.access.OnBehalf;
import io.iotdarelay.group.Answers;
import io.iotdarelay.group.Group;
import io.iotdarelay.group.Question;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The other instances' part of an answer: they are asked what this one is asked, for themselves ({@code scope=instance}). Who is asked
 * so asks nobody. As a filter it says who answers, and does not answer a question twice.
 */
final class Others implements WebFilter, Ordered {

    private static final String SCOPE = "scope";
    private static final String INSTANCE = "instance";
    private static final String GROUP = "group";
    /** Two slashes at the beginning would be a host. */
    private static final String PATHS = "/[^/].*";

    private final Group group;
    private final OnBehalf onBehalf;
    private final String name;
    private final Scheduler desk;

    /**
     * Asks through the group.
     *
     * @param name of this instance
     * @param desk where answers are put together
     */
    Others(Group group, OnBehalf onBehalf, String name, Scheduler desk) {
        this.group = group;
        this.onBehalf = onBehalf;
        this.name = name;
        this.desk = desk;
    }

    /** The name of this instance. */
    String self() {
        return name;
    }

    /** After Spring Security's filters, and before changes are logged: a question that is not answered changes nothing. */
    @Override
    public int getOrder() {
        return -1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        List<String> scope = exchange.getRequest().getQueryParams().getOrDefault(SCOPE, List.of());
        if (!scope.isEmpty() && !List.of(List.of(INSTANCE), List.of(GROUP)).contains(scope)) {
            return refuse(exchange.getResponse());
        }
        String question = exchange.getRequest().getHeaders().getFirst(Group.QUESTION);
        if (question != null && scope.contains(INSTANCE)) {
            exchange.getResponse().getHeaders().set(Group.INSTANCE, group.id());
            exchange.getResponse().getHeaders().set(Group.NAME, name);
            if (!group.isNew(question)) {
                exchange.getResponse().setStatusCode(HttpStatus.NO_CONTENT);
                return exchange.getResponse().setComplete();
            }
        }
        return chain.filter(exchange)
                .contextWrite(context -> context.put(Others.class, new Asked(exchange, scope.contains(INSTANCE))));
    }

    /** What this instance is asked. */
    private record Asked(ServerWebExchange exchange, boolean alone) {}

    private static Mono<Void> refuse(ServerHttpResponse response) {
        response.setStatusCode(HttpStatus.BAD_REQUEST);
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        byte[] body = "{\"error\":\"scope is group or instance\"}".getBytes(StandardCharsets.UTF_8);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }

    /** Whether this request is another instance's, or for this one alone. */
    static Mono<Boolean> isForOneInstance() {
        return Mono.deferContextual(context -> Mono.just(
                context.<Asked>getOrEmpty(Others.class).map(Asked::alone).orElse(true)));
    }

    /** Asks the others the same. */
    Mono<Answers> ask() {
        return put(null, Group.PATIENCE, answer -> false);
    }

    /** Sends the others the same, with this body. */
    Mono<Answers> tell(Map<String, ?> body, Duration patience, Predicate<Answers.Answered> enough) {
        return put(body, patience, enough);
    }

    private Mono<Answers> put(@Nullable Map<String, ?> body, Duration patience, Predicate<Answers.Answered> enough) {
        return Mono.deferContextual(context -> {
            Optional<Asked> asked = context.getOrEmpty(Others.class);
            if (group.isAlone() || asked.isEmpty() || asked.get().alone()) {
                return Mono.just(Answers.NONE);
            }
            ServerHttpRequest request = asked.get().exchange().getRequest();
            String path = pathAndQuery(request);
            if (!path.matches(PATHS)) {
                return Mono.just(Answers.NONE);
            }
            String method = body == null ? "GET" : "POST";
            byte[] bytes = body == null ? new byte[0] : Question.json(body);
            return onBehalf.authorization(asked.get().exchange(), method, path, bytes)
                    .map(Optional::of)
                    .defaultIfEmpty(Optional.empty())
                    .flatMap(credentials -> group.ask(new Question(method, path, credentials, bytes), patience, enough))
                    .publishOn(desk);
        });
    }

    private static String pathAndQuery(ServerHttpRequest request) {
        String query = request.getURI().getRawQuery();
        String others = query == null ? "" : query.replaceAll("(^|&)scope=[^&]*", "");
        return request.getURI().getRawPath() + "?"
                + (others.isEmpty() ? "" : (others.startsWith("&") ? others.substring(1) : others) + "&")
                + SCOPE + "=" + INSTANCE;
    }
}
