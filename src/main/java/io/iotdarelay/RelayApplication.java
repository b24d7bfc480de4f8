package io.iotdarelay;

import io.iotdarelay.delivery.DeliveryConfiguration;
import io.iotdarelay.devices.DevicesConfiguration;
import io.iotdarelay.iotda.IotdaConfiguration;
import io.iotdarelay.metrics.MetricsConfiguration;
import io.iotdarelay.operate.OperateConfiguration;
import io.iotdarelay.pipeline.PipelineConfiguration;
import io.iotdarelay.settle.SettleConfiguration;
import io.iotdarelay.source.SourceConfiguration;
import io.iotdarelay.telemetry.SteadyClock;
import java.time.Clock;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** Relays device telemetry from Kafka to Huawei Cloud IoTDA, as the device. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({
    RelaySettingsConfiguration.class,
    MetricsConfiguration.class,
    SourceConfiguration.class,
    DevicesConfiguration.class,
    IotdaConfiguration.class,
    DeliveryConfiguration.class,
    SettleConfiguration.class,
    PipelineConfiguration.class,
    OperateConfiguration.class
})
public class RelayApplication {

    public static void main(String[] args) {
        ConfigurableApplicationContext unused = run(new SpringApplication(RelayApplication.class), args);
    }

    /** Runs it; when it is told to end, the process ends with 0. */
    static ConfigurableApplicationContext run(SpringApplication application, String... args) {
        ConfigurableApplicationContext context = application.run(args);
        SpringApplication.getShutdownHandlers().add(RelayApplication::endCleanly);
        return context;
    }

    /** After a drain, the process that was told to end has succeeded: 0, not the 143 that the JVM would say. */
    private static void endCleanly() {
        Runtime.getRuntime().halt(0);
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** For durations: a clock on the wall may jump. */
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
