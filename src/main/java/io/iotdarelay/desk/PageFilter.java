package io.iotdarelay.desk;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.json.JsonMapper;

/** Serves the page. After the filters of Spring Security: only who may read comes here. */
final class PageFilter implements WebFilter, Ordered {

    static final String EVENTS = PageFiles.PREFIX + "events";
    static final String HISTORY = PageFiles.PREFIX + "history";

    /** Only its own files, and no markup made by a script: Trusted Types refuse it. */
    static final String POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
            + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private static final String POLICY_HEADER = "Content-Security-Policy";
    private static final Duration LATER = Duration.ofSeconds(30);

    private final PageFiles files;
    private final Handbook handbook = new Handbook();
    private final Streams streams;
    private final History history;
    private final Scheduler thread;
    private final JsonMapper json;
    private final Predicate<ServerWebExchange> hasApi;

    /**
     * The page.
     *
     * @param hasApi whether the port of a request has the API, too: it may have one of its own, and then the page is there
     */
    PageFilter(
            PageFiles files,
            Streams streams,
            History history,
            Scheduler thread,
            JsonMapper json,
            Predicate<ServerWebExchange> hasApi) {
        this.files = files;
        this.streams = streams;
        this.history = history;
        this.thread = thread;
        this.json = json;
        this.hasApi = hasApi;
    }

    @Override
    public int getOrder() {
        return 0;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        HttpMethod method = request.getMethod();
        String path = request.getPath().pathWithinApplication().value();
        if ((!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) || !hasApi.test(exchange)) {
            return chain.filter(exchange);
        }
        if (path.equals(EVENTS) && method.equals(HttpMethod.GET)) {
            return stream(exchange);
        }
        if (path.equals(HISTORY)) {
            return Mono.fromSupplier(() -> json.writeValueAsBytes(history.all()))
                    .subscribeOn(thread)
                    .flatMap(all -> write(exchange.getResponse(), MediaType.APPLICATION_JSON, all));
        }
        if (path.startsWith(Handbook.PREFIX)) {
            return Mono.fromSupplier(() -> handbook.at(path))
                    .subscribeOn(thread)
                    .flatMap(page -> page.isPresent()
                            ? serve(exchange, new PageFile(page.get(), PageFiles.HTML))
                            : chain.filter(exchange));
        }
        Optional<PageFile> file = files.at(path);
        return file.isPresent() ? serve(exchange, file.get()) : chain.filter(exchange);
    }

    private static Mono<Void> serve(ServerWebExchange exchange, PageFile file) {
        HttpHeaders headers = exchange.getResponse().getHeaders();
        headers.set(POLICY_HEADER, POLICY);
        headers.setCacheControl("private, no-cache"); // kept, but asked for each time
        if (exchange.checkNotModified(file.tag())) {
            return exchange.getResponse().setComplete();
        }
        return write(exchange.getResponse(), file.type(), file.content());
    }

    private static Mono<Void> write(ServerHttpResponse response, MediaType type, byte[] content) {
        response.getHeaders().setContentType(type);
        response.getHeaders().setContentLength(content.length);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(content)));
    }

    private Mono<Void> stream(ServerWebExchange exchange) {
        InetAddress from = address(exchange.getRequest());
        ServerHttpResponse response = exchange.getResponse();
        return Mono.defer(() -> {
            if (!streams.enter(from)) {
                response.setStatusCode(HttpStatus.SERVICE_UNAVAILABLE);
                response.getHeaders().set(HttpHeaders.RETRY_AFTER, Long.toString(LATER.toSeconds()));
                return response.setComplete();
            }
            response.getHeaders().setContentType(MediaType.TEXT_EVENT_STREAM);
            response.getHeaders().set("X-Accel-Buffering", "no"); // nginx would hold events back
            DataBufferFactory buffers = response.bufferFactory();
            Flux<Mono<DataBuffer>> events = streams.stream()
                    .map(event -> event.filter(bytes -> bytes.length > 0).map(buffers::wrap));
            return response.writeAndFlushWith(events).doFinally(end -> streams.leave(from));
        });
    }

    private static InetAddress address(ServerHttpRequest request) {
        InetSocketAddress remote = request.getRemoteAddress();
        return remote == null || remote.getAddress() == null ? InetAddress.ofLiteral("0.0.0.0") : remote.getAddress();
    }
}
