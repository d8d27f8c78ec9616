import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor'
import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule'
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor'
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment'
import type { ICronJob } from 'kubernetes-models/batch/v1/CronJob'
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import type { IClusterRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole'
import type { IClusterRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding'
import type { IRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role'
import type { IRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding'
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap'
import type { INamespace } from 'kubernetes-models/v1/Namespace'
import type { IPersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim'
import type { IService } from 'kubernetes-models/v1/Service'
import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount'

/** What an object of a manifest has to be, by its `apiVersion` and `kind`. What is not here, no manifest may have. */
export interface Models {
  readonly 'apps/v1 Deployment': IDeployment
  readonly 'batch/v1 CronJob': ICronJob
  readonly 'monitoring.coreos.com/v1 PodMonitor': IPodMonitor
  readonly 'monitoring.coreos.com/v1 PrometheusRule': IPrometheusRule
  readonly 'monitoring.coreos.com/v1 ServiceMonitor': IServiceMonitor
  readonly 'networking.k8s.io/v1 NetworkPolicy': INetworkPolicy
  readonly 'rbac.authorization.k8s.io/v1 ClusterRole': IClusterRole
  readonly 'rbac.authorization.k8s.io/v1 ClusterRoleBinding': IClusterRoleBinding
  readonly 'rbac.authorization.k8s.io/v1 Role': IRole
  readonly 'rbac.authorization.k8s.io/v1 RoleBinding': IRoleBinding
  readonly 'v1 ConfigMap': IConfigMap
  readonly 'v1 Namespace': INamespace
  readonly 'v1 PersistentVolumeClaim': IPersistentVolumeClaim
  readonly 'v1 Service': IService
  readonly 'v1 ServiceAccount': IServiceAccount
}
