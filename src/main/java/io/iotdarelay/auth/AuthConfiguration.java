package io.iotdarelay.auth;

import io.iotdarelay.metrics.RelayGauges;
import io.iotdarelay.metrics.RelayMeter;
import java.util.function.LongSupplier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the store of tokens. */
@Configuration(proxyBeanMethods = false)
public class AuthConfiguration {

    @Bean
    TokenStore tokenStore(TokenProperties properties, LongSupplier nanoTime, RelayGauges gauges) {
        TokenStore store = new TokenStore(properties.maxDevices(), nanoTime);
        gauges.show(RelayMeter.TOKENS_CACHED, store::size);
        return store;
    }
}
