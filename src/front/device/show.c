// SPDX-License-Identifier: GPL-2.0
/*
 * Shows a tarpit device: its counters, and its settings in sysfs.
 */
#include <linux/ethtool.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/sysfs.h>

#include "device.h"

/* The first counter that counts packets; those before it count bytes. */
#define TARPIT_FIRST TARPIT_REPLIES

static u64 tarpit_sum(const struct net_device *dev, size_t index)
{
	const struct tarpit_device *tarpit = netdev_priv(dev);

	return tarpit_counters_sum(tarpit->counters, index);
}

/* TX counts the packets that the device was sent, RX its replies, dropped those without one. */
void tarpit_get_stats64(struct net_device *dev, struct rtnl_link_stats64 *stats)
{
	size_t index;

	stats->rx_packets = tarpit_sum(dev, TARPIT_REPLIES);
	stats->rx_bytes = tarpit_sum(dev, TARPIT_REPLY_BYTES);
	stats->rx_dropped = tarpit_sum(dev, TARPIT_UNSENT);
	stats->tx_bytes = tarpit_sum(dev, TARPIT_TAKEN_BYTES);
	for (index = TARPIT_NOT_IP; index < xt_tarpit_device_counters(); index++)
		stats->tx_dropped += tarpit_sum(dev, index);
	stats->tx_packets = stats->rx_packets + stats->tx_dropped;
}

static void tarpit_get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, "tarpit", sizeof(info->driver));
}

static int tarpit_get_sset_count(struct net_device *dev, int set)
{
	return set == ETH_SS_STATS ? xt_tarpit_device_counters() - TARPIT_FIRST : -EOPNOTSUPP;
}

static void tarpit_get_strings(struct net_device *dev, u32 set, u8 *data)
{
	size_t index;

	if (set != ETH_SS_STATS)
		return;
	for (index = TARPIT_FIRST; index < xt_tarpit_device_counters(); index++) {
		const struct tarpit_text text = xt_tarpit_device_counter(index);

		memset(data, 0, ETH_GSTRING_LEN);
		memcpy(data, text.start, min_t(size_t, text.length, ETH_GSTRING_LEN - 1));
		data += ETH_GSTRING_LEN;
	}
}

static void tarpit_get_ethtool_stats(struct net_device *dev, struct ethtool_stats *stats,
				     u64 *data)
{
	size_t index;

	for (index = TARPIT_FIRST; index < xt_tarpit_device_counters(); index++)
		*data++ = tarpit_sum(dev, index);
}

const struct ethtool_ops tarpit_ethtool_ops = {
	.get_drvinfo = tarpit_get_drvinfo,
	.get_link = ethtool_op_get_link,
	.get_sset_count = tarpit_get_sset_count,
	.get_strings = tarpit_get_strings,
	.get_ethtool_stats = tarpit_get_ethtool_stats,
};

/* Changes a setting by sysfs. The kernel log has the reason of a refusal. */
static ssize_t tarpit_store(struct device *device, const struct tarpit_request *request,
			    size_t length)
{
	struct net_device *dev = to_net_dev(device);
	const char *refusal;

	if (!ns_capable(dev_net(dev)->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	if (!rtnl_trylock())
		return restart_syscall();
	refusal = tarpit_settle(dev, request);
	rtnl_unlock();
	if (!refusal)
		return length;
	if (net_ratelimit())
		netdev_info(dev, "%s\n", refusal);
	return -EINVAL;
}

/* The number of a word, or -1. */
static int tarpit_number(u32 setting, const char *text)
{
	const char *word;
	int number;

	for (number = 0; (word = xt_tarpit_device_word(setting, number)); number++) {
		if (sysfs_streq(text, word))
			return number;
	}
	return -1;
}

static ssize_t mode_show(struct device *device, struct device_attribute *attribute, char *text)
{
	const struct tarpit_settings settings = tarpit_get_settings(to_net_dev(device));

	return sysfs_emit(text, "%s\n",
			  xt_tarpit_device_word(TARPIT_SETTING_MODE, settings.mode));
}

static ssize_t mode_store(struct device *device, struct device_attribute *attribute,
			  const char *text, size_t length)
{
	const int number = tarpit_number(TARPIT_SETTING_MODE, text);
	const struct tarpit_request request = { .has_mode = true, .settings.mode = number };

	return number < 0 ? -EINVAL : tarpit_store(device, &request, length);
}
static DEVICE_ATTR_RW(mode);

static ssize_t window_show(struct device *device, struct device_attribute *attribute, char *text)
{
	return sysfs_emit(text, "%u\n", tarpit_get_settings(to_net_dev(device)).window);
}

static ssize_t window_store(struct device *device, struct device_attribute *attribute,
			    const char *text, size_t length)
{
	struct tarpit_request request = { .has_window = true };
	const int error = kstrtou16(text, 0, &request.settings.window);

	return error ?: tarpit_store(device, &request, length);
}
static DEVICE_ATTR_RW(window);

static ssize_t reply_show(struct device *device, struct device_attribute *attribute, char *text)
{
	const struct tarpit_settings settings = tarpit_get_settings(to_net_dev(device));

	return sysfs_emit(text, "%s\n",
			  xt_tarpit_device_word(TARPIT_SETTING_REPLY, settings.reply));
}

static ssize_t reply_store(struct device *device, struct device_attribute *attribute,
			   const char *text, size_t length)
{
	const int number = tarpit_number(TARPIT_SETTING_REPLY, text);
	const struct tarpit_request request = { .has_reply = true, .settings.reply = number };

	return number < 0 ? -EINVAL : tarpit_store(device, &request, length);
}
static DEVICE_ATTR_RW(reply);

static ssize_t echo_show(struct device *device, struct device_attribute *attribute, char *text)
{
	const struct tarpit_device *tarpit = netdev_priv(to_net_dev(device));

	return sysfs_emit(text, "%u\n", READ_ONCE(tarpit->echo));
}

static ssize_t echo_store(struct device *device, struct device_attribute *attribute,
			  const char *text, size_t length)
{
	struct tarpit_request request = { .has_echo = true };
	const int error = kstrtobool(text, &request.echo);

	return error ?: tarpit_store(device, &request, length);
}
static DEVICE_ATTR_RW(echo);

static struct attribute *tarpit_attribute_list[] = {
	&dev_attr_mode.attr,
	&dev_attr_window.attr,
	&dev_attr_reply.attr,
	&dev_attr_echo.attr,
	NULL,
};

const struct attribute_group tarpit_attributes = {
	.name = "tarpit",
	.attrs = tarpit_attribute_list,
};
