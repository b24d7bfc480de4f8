package io.iotdarelay;

import io.github.resilience4j.springboot.bulkhead.autoconfigure.BulkheadAutoConfiguration;
import io.github.resilience4j.springboot.bulkhead.autoconfigure.BulkheadMetricsAutoConfiguration;
import io.github.resilience4j.springboot.bulkhead.autoconfigure.ThreadPoolBulkheadMetricsAutoConfiguration;
import io.github.resilience4j.springboot.micrometer.autoconfigure.TimerAutoConfiguration;
import io.github.resilience4j.springboot.ratelimiter.autoconfigure.RateLimiterAutoConfiguration;
import io.github.resilience4j.springboot.ratelimiter.autoconfigure.RateLimiterMetricsAutoConfiguration;
import io.github.resilience4j.springboot.ratelimiter.autoconfigure.RateLimitersHealthIndicatorAutoConfiguration;
import io.github.resilience4j.springboot.retry.autoconfigure.RetryAutoConfiguration;
import io.github.resilience4j.springboot.retry.autoconfigure.RetryMetricsAutoConfiguration;
import io.github.resilience4j.springboot.timelimiter.autoconfigure.TimeLimiterAutoConfiguration;
import io.github.resilience4j.springboot.timelimiter.autoconfigure.TimeLimiterMetricsAutoConfiguration;
import io.iotdarelay.access.AccessConfiguration;
import io.iotdarelay.appside.AppsideConfiguration;
import io.iotdarelay.commands.Verbs;
import io.iotdarelay.delivery.DeliveryConfiguration;
import io.iotdarelay.desk.DeskConfiguration;
import io.iotdarelay.devices.DevicesConfiguration;
import io.iotdarelay.group.GroupConfiguration;
import io.iotdarelay.iotda.IotdaConfiguration;
import io.iotdarelay.limits.LimitsConfiguration;
import io.iotdarelay.metrics.MetricsConfiguration;
import io.iotdarelay.model.ModelConfiguration;
import io.iotdarelay.operate.OperateConfiguration;
import io.iotdarelay.pauses.PausesConfiguration;
import io.iotdarelay.pipeline.PipelineConfiguration;
import io.iotdarelay.products.ProductsConfiguration;
import io.iotdarelay.provisioning.ProvisioningConfiguration;
import io.iotdarelay.provisioning.RegistrarConfiguration;
import io.iotdarelay.readback.ReadBackConfiguration;
import io.iotdarelay.redrive.RedriveConfiguration;
import io.iotdarelay.registry.RegistryConfiguration;
import io.iotdarelay.settle.SettleConfiguration;
import io.iotdarelay.source.SourceConfiguration;
import io.iotdarelay.telemetry.SteadyClock;
import io.iotdarelay.tls.TlsConfiguration;
import io.iotdarelay.tokens.TokensConfiguration;
import io.iotdarelay.tracing.TracingConfiguration;
import java.time.Clock;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.PersistenceExceptionTranslationAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizationAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** Relays device telemetry from Kafka to Huawei Cloud IoTDA, as the device. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration(
        // Of Spring for Kafka and Resilience4j the relay uses only clients and circuit breakers; the rest would slow
        // down the start.
        exclude = {
            BulkheadAutoConfiguration.class,
            BulkheadMetricsAutoConfiguration.class,
            ThreadPoolBulkheadMetricsAutoConfiguration.class,
            RateLimiterAutoConfiguration.class,
            RateLimiterMetricsAutoConfiguration.class,
            RateLimitersHealthIndicatorAutoConfiguration.class,
            RetryAutoConfiguration.class,
            RetryMetricsAutoConfiguration.class,
            TimeLimiterAutoConfiguration.class,
            TimeLimiterMetricsAutoConfiguration.class,
            TimerAutoConfiguration.class,
            PersistenceExceptionTranslationAutoConfiguration.class,
            TransactionAutoConfiguration.class,
            TransactionManagerCustomizationAutoConfiguration.class
        },
        // Jackson 2 is there for Avro's schemas alone. By name: the class is deprecated.
        excludeName =
                "org.springframework.boot.actuate.autoconfigure.endpoint.jackson.Jackson2EndpointAutoConfiguration")
@Import({
    RelaySettingsConfiguration.class,
    TlsConfiguration.class,
    MetricsConfiguration.class,
    TracingConfiguration.class,
    SourceConfiguration.class,
    DevicesConfiguration.class,
    ModelConfiguration.class,
    IotdaConfiguration.class,
    LimitsConfiguration.class,
    TokensConfiguration.class,
    DeliveryConfiguration.class,
    SettleConfiguration.class,
    RegistryConfiguration.class,
    AppsideConfiguration.class,
    ProductsConfiguration.class,
    RegistrarConfiguration.class,
    ProvisioningConfiguration.class,
    ReadBackConfiguration.class,
    PausesConfiguration.class,
    PipelineConfiguration.class,
    RedriveConfiguration.class,
    GroupConfiguration.class,
    OperateConfiguration.class,
    DeskConfiguration.class,
    AccessConfiguration.class
})
public class RelayApplication {

    public static void main(String[] args) {
        if (Verbs.isVerb(args)) {
            CommandLineStart.run(args);
            return;
        }
        ConfigurableApplicationContext unused = run(new SpringApplication(RelayApplication.class), args);
    }

    /** Runs the relay; on SIGTERM the process exits with 0. */
    static ConfigurableApplicationContext run(SpringApplication application, String... args) {
        AtomicBoolean started = new AtomicBoolean();
        // Before the start: a process that is shutting down cannot register anything any more.
        SpringApplication.getShutdownHandlers().add(() -> endCleanly(started.get()));
        ConfigurableApplicationContext context = application.run(args);
        started.set(true);
        return context;
    }

    /**
     * After a drain, a process that received SIGTERM exits with 0, not the JVM's 143, unless it never started.
     */
    private static void endCleanly(boolean started) {
        if (started) {
            Runtime.getRuntime().halt(0);
        }
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** For durations: the wall clock may jump. */
    @Bean
    LongSupplier nanoTime() {
        return System::nanoTime;
    }

    @Bean
    SteadyClock steadyClock(Clock clock, LongSupplier nanoTime) {
        return SteadyClock.from(clock, nanoTime);
    }

    @Bean
    RandomGenerator random() {
        return new Random();
    }
}
